// How much memory this process uses and may use. Any thread; each call reads files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/policy/memory_governor.h"

namespace troupe {

// Resident bytes of the process; 0 when they cannot be read.
uint64_t ResidentBytes();

// Of all processes in the container, without page cache that the kernel takes back first, and how
// much they may use before one of them is killed.
struct ContainerMemory {
  uint64_t used = 0;
  uint64_t limit = policy::kNoMemoryLimit;
};
// Of the tightest limit in `directories` (CgroupDirectories()).
ContainerMemory ReadContainerMemory(const std::vector<std::string>& directories);

// Both: what a governor of the memory looks at.
struct MemoryReading {
  uint64_t resident = 0;
  ContainerMemory container;
};
MemoryReading ReadMemory();

}  // namespace troupe
