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

constexpr double ToSeconds(Nanos nanos) {
  return static_cast<double>(nanos) / static_cast<double>(kNanosPerSecond);
}
constexpr double ToMillis(Nanos nanos) {
  return static_cast<double>(nanos) / static_cast<double>(kNanosPerMilli);
}
// kNever for what is longer, or no number.
constexpr Nanos FromSeconds(double seconds) {
  const double nanos = seconds * static_cast<double>(kNanosPerSecond);
  return nanos < static_cast<double>(kNever) ? static_cast<Nanos>(nanos) : kNever;
}

}  // namespace troupe
