// Counts what this test program takes from the heap through operator new: for promises not to.
#pragma once

#include <cstdint>

namespace troupe {

// Calls of operator new on the calling thread since it began.
uint64_t AllocationsOnThisThread();

}  // namespace troupe
