// Units of time, for the tests of policies: constants, of no thread.
#pragma once

#include "runtime/policy/nanos.h"

namespace troupe::policy {

inline constexpr Nanos kMs = kNanosPerMilli;
inline constexpr Nanos kSecond = kNanosPerSecond;

}  // namespace troupe::policy
