// Where the limits of this process's container are to be read: cgroup v2. Any thread; reads a file.
#pragma once

#include <string>
#include <vector>

namespace troupe {

// The directories of this process's cgroup and of those above it, its own first; a limit may stand
// in any of them. Empty without the unified hierarchy.
std::vector<std::string> CgroupDirectories();

}  // namespace troupe
