// Time for reactors. Steady nanoseconds order events; wall time is for people. Tests pass a clock
// they set by hand.
#pragma once

#include "absl/time/time.h"
#include "runtime/policy/nanos.h"

namespace troupe {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Nanos Steady() = 0;
  virtual absl::Time Wall() = 0;

  // The machine's clocks. Any thread.
  static Clock& System();
};

}  // namespace troupe
