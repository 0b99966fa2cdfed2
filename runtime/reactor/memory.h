// How much memory this process uses and may use. Any thread; each call reads a file.
#pragma once

#include <cstdint>

namespace troupe {

// Resident bytes of the process; 0 when they cannot be read.
uint64_t ResidentBytes();

// What the container (cgroup v2) may use, and uses without the page cache that the kernel takes
// back first. policy::kNoMemoryLimit and 0 where there is none.
struct ContainerMemory {
  uint64_t limit;
  uint64_t used;
};
ContainerMemory ReadContainerMemory();

}  // namespace troupe
