// Jitter: what many workers or clients would do at one moment is spread. Pure functions; random
// numbers are passed in, from [0, 1).
#pragma once

#include "runtime/policy/nanos.h"

namespace troupe::policy {

// `value` times a factor between 1 - fraction and 1 + fraction, at most kNever.
Nanos Jittered(Nanos value, double fraction, double random);

}  // namespace troupe::policy
