// The command line around Server: what troupe::Main of service.h does, for programs that bring a
// default configuration of their own, as trouped does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/async/service_entry.h"

namespace troupe {

struct Program {
  std::string name;               // as it introduces itself
  std::string description;        // one line for --help
  std::string_view default_yaml;  // used where no file says otherwise
};

// Exit codes: 0 after a drain or when a check went well; 2 for a wrong command line, configuration
// or environment, with one sentence for each problem on standard error and no socket opened.
int RunProgram(const Program& program, int argc, char** argv, std::vector<ServiceEntry> services);

// A configuration that routes what each service mounts to a pool of its own. What Main uses.
std::string DefaultConfigFor(const std::vector<ServiceEntry>& services);

}  // namespace troupe
