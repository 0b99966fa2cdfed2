// Time for reactors. Steady nanoseconds order events; wall time is for people. Tests pass a clock
// they set by hand.
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace troupe {

// Nanoseconds on a steady clock with an arbitrary start. A plain integer: it is stored and compared
// on every request.
using Nanos = int64_t;

inline constexpr Nanos kNanosPerMilli = 1'000'000;
inline constexpr Nanos kNanosPerSecond = 1'000'000'000;
inline constexpr Nanos kNever = INT64_MAX;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Nanos Steady() = 0;
  virtual absl::Time Wall() = 0;

  // The machine's clocks. Any thread.
  static Clock& System();
};

}  // namespace troupe
