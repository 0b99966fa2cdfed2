// What the kernel says of this process. Any thread.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace troupe {

struct ProcessReading {
  uint64_t resident_bytes = 0;
  uint64_t open_descriptors = 0;
  uint64_t descriptors_max = 0;
  absl::Duration cpu;
};

// What cannot be read is 0.
ProcessReading ReadProcess();

}  // namespace troupe
