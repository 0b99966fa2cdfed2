// The unit of time. Policies are given the time, reactors read it from a Clock
// (runtime/reactor/clock.h).
#pragma once

#include <cstdint>

namespace troupe {

// Nanoseconds on a steady clock with an arbitrary start. A plain integer: it is stored and compared
// on every request.
using Nanos = int64_t;

inline constexpr Nanos kNanosPerMilli = 1'000'000;
inline constexpr Nanos kNanosPerSecond = 1'000'000'000;
inline constexpr Nanos kNever = INT64_MAX;

}  // namespace troupe
