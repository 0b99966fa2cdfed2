#include "runtime/policy/jitter.h"

namespace troupe::policy {

Nanos Jittered(Nanos value, double fraction, double random) {
  const double jittered = static_cast<double>(value) * (1 + fraction * (2 * random - 1));
  return jittered < static_cast<double>(kNever) ? static_cast<Nanos>(jittered) : kNever;
}

}  // namespace troupe::policy
