#include "runtime/policy/retry_after.h"

#include <algorithm>
#include <cmath>

namespace troupe::policy {

Nanos ClearingTime(int queue_depth, double served_per_s) {
  return FromSeconds(queue_depth / served_per_s);
}

int RetryAfterSeconds(const RetryAfterPolicy& policy, Nanos wait, double random) {
  // A wait is cut so that its spread lies below seconds_max: cut afterwards, the longest waits
  // would all end at the same second.
  const double longest = policy.seconds_max / (1 + policy.spread);
  const double seconds = std::min(longest, std::max(1.0, ToSeconds(wait)));
  return static_cast<int>(std::ceil(seconds * (1 + policy.spread * random)));
}

}  // namespace troupe::policy
