// What a shed answer says in Retry-After: when its client's turn would have come, spread so that
// the clients do not come back together. Pure functions; random numbers are from [0, 1).
#pragma once

#include "runtime/policy/nanos.h"

namespace troupe::policy {

struct RetryAfterPolicy {
  int seconds_max = 30;  // at least 1
  double spread = 1.0;   // share of the wait that is added at most
};

// How long a queue of that depth takes at that rate; kNever when nothing is served.
Nanos ClearingTime(int queue_depth, double served_per_s);

// Whole seconds between 1 and seconds_max: `wait` and up to `spread` of it, at random.
int RetryAfterSeconds(const RetryAfterPolicy& policy, Nanos wait, double random);

}  // namespace troupe::policy
