// Names for addresses of this process's code. Any thread, but no signal handler.
#pragma once

#include <string>

namespace troupe::telemetry {

// The function that `address`, as found on a stack, returns into; empty when there is no name.
std::string FunctionAt(const void* address);

}  // namespace troupe::telemetry
