// The program and the libraries that this process has loaded, so that an address can be told as an
// offset in one of them, which means the same in every process. Any thread, but no signal handler.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::telemetry {

struct LoadedCode {
  std::string name;    // without its folder
  uint64_t base = 0;   // what its own addresses are counted from
  uint64_t begin = 0;  // first and last address, the latter exclusive
  uint64_t end = 0;
};

// The program first.
std::vector<LoadedCode> AllLoadedCode();

// The linker's mark of this program, in hexadecimal: equal for equal builds only. Empty when it has
// none.
std::string ProgramBuildId();

}  // namespace troupe::telemetry
