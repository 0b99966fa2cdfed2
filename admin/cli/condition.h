// What `wait` waits for. Blocking; one thread.
#pragma once

#include <string>
#include <vector>

#include "admin/cli/tool.h"

namespace troupe::admin::cli {

// Returns once the condition holds; a server that is not there yet is waited for too. Throws
// Failure: kTimeout when the time of --timeout is over, with what was there instead; kUsage when
// `words` are no condition:
//   ready                its health says SERVING
//   drained              its drain is over
//   pool/NAME STATE      the pool is RUNNING, FAILED and so on
void WaitFor(const std::vector<std::string>& words, Tool& tool);

}  // namespace troupe::admin::cli
