#include "runtime/policy/recycle.h"

#include <algorithm>

namespace troupe::policy {

RecycleLimits DrawRecycleLimits(const RecyclePolicy& policy, Nanos started, double random) {
  const double share = 1 - policy.jitter * random;
  RecycleLimits limits{.requests = UINT64_MAX, .at = kNever};
  if (policy.requests_max > 0) {
    const double requests = static_cast<double>(policy.requests_max) * share;
    limits.requests = std::max<uint64_t>(1, static_cast<uint64_t>(requests));
  }
  if (policy.age_max > 0) {
    limits.at = started + FromSeconds(ToSeconds(policy.age_max) * share);
  }
  return limits;
}

RecycleReason RecycleDue(const RecycleLimits& limits, uint64_t served, Nanos now) {
  if (served >= limits.requests) return RecycleReason::kRequests;
  if (now >= limits.at) return RecycleReason::kAge;
  return RecycleReason::kNone;
}

}  // namespace troupe::policy
