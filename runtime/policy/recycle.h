// When a worker that is well is replaced all the same, because it has served enough or is old. Each
// worker draws its limits at its start, so that workers which started together do not leave
// together. Pure functions.
#pragma once

#include <cstdint>

#include "runtime/policy/nanos.h"

namespace troupe::policy {

struct RecyclePolicy {
  uint64_t requests_max = 0;  // 0: no limit
  Nanos age_max = 0;          // 0: no limit
  double jitter = 0.2;        // share by which a worker's limits may be lower
};

struct RecycleLimits {
  uint64_t requests;  // UINT64_MAX: none
  Nanos at;           // kNever: never
};

enum class RecycleReason { kNone, kRequests, kAge };

// The limits of a worker that starts now; `random` is from [0, 1).
RecycleLimits DrawRecycleLimits(const RecyclePolicy& policy, Nanos started, double random);

RecycleReason RecycleDue(const RecycleLimits& limits, uint64_t served, Nanos now);

}  // namespace troupe::policy
