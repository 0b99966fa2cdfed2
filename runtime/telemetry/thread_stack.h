// What another thread of this process is doing right now: its stack, taken by a signal to that
// thread. For diagnosis of what hangs.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace troupe::telemetry {

// Innermost first, one function a line, as "function_name+0x12". Empty when the thread has ended or
// does not answer within `patience`, as one that waits in the kernel for a device. Any thread; one
// caller at a time, others wait. Uses the signal SIGURG, which nobody here needs otherwise.
std::vector<std::string> StackOfThread(pid_t thread,
                                       absl::Duration patience = absl::Milliseconds(50));

}  // namespace troupe::telemetry
