// troupectl as a function, for main and for tests.
#pragma once

#include <string>
#include <vector>

#include "admin/cli/output.h"

namespace troupe::admin::cli {

// `arguments` without the program's name. Returns the exit code (failure.h); what failed is one
// sentence on `streams.words`.
int RunTroupectl(const std::vector<std::string>& arguments, const Output::Streams& streams);

}  // namespace troupe::admin::cli
