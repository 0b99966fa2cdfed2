// What has been done for a pool, counted; kept by the pool, for it outlives its supervisors.
// Written on the control reactor, read on any thread.
#pragma once

#include <array>

#include "runtime/policy/scaling.h"
#include "runtime/telemetry/metrics.h"

namespace troupe {

// How often the number of workers was to change, by the reason.
using ScalingSteps = std::array<telemetry::Counter, policy::kScalingReasonNames.size()>;

struct SupervisionCounts {
  telemetry::Counter workers_replaced;
  ScalingSteps steps_up;
  ScalingSteps steps_down;
};

}  // namespace troupe
