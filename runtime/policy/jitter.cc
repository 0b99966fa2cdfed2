#include "runtime/policy/jitter.h"

namespace troupe::policy {

Nanos Jittered(Nanos value, double fraction, double random) {
  return FromSeconds(ToSeconds(value) * (1 + fraction * (2 * random - 1)));
}

}  // namespace troupe::policy
