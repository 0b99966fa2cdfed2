// How much memory this process uses and may use. Any thread; each call reads a file.
#pragma once

#include <cstdint>

namespace troupe {

// Resident bytes of the process; 0 when they cannot be read.
uint64_t ResidentBytes();

}  // namespace troupe
