#include "runtime/policy/scaling.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace troupe::policy {
namespace {

// The share of requests that may wait for longer than target_wait: it is promised at p95.
constexpr double kLateShareMax = 0.05;
// What is smoothed is smoothed over this part of the cooldown, so that a low load is seen below its
// noise.
constexpr int kSmoothingShare = 8;
// Waits that are too long in this share of the recent samples are no noise.
constexpr double kPressedShareMax = 0.25;

double BusyAim(const ScalingPolicy& policy) { return (policy.busy_low + policy.busy_high) / 2; }

// How many workers the sample's requests keep busy: those that arrived (Little's law), or those
// under way where they take so long that few end.
double Load(const ScalingState& state, const ScalingSample& sample) {
  return std::max(sample.arrivals_per_s * ToSeconds(state.service_time),
                  sample.busy_share * sample.workers);
}

// Why more workers may be needed, after this sample; kSteady when they are not.
ScalingReason Pressure(const ScalingPolicy& policy, const ScalingSample& sample) {
  if (sample.sheds > 0) return ScalingReason::kSheds;
  if (sample.queue_wait_p95 > policy.target_wait) return ScalingReason::kQueueWait;
  if (sample.busy_share > policy.busy_high) return ScalingReason::kBusy;
  return ScalingReason::kSteady;
}

void Remember(const ScalingPolicy& policy, ScalingState& state, const ScalingSample& sample,
              Nanos now) {
  double weight = 1;  // of the first sample
  if (state.decided_at != kNever) {
    const double passed = ToSeconds(now - state.decided_at);
    weight = passed / (passed + ToSeconds(policy.cooldown_down) / kSmoothingShare);
  }
  state.decided_at = now;
  if (sample.service_time > 0) {
    const double change = ToSeconds(sample.service_time - state.service_time);
    const bool first = state.service_time == 0;
    state.service_time += FromSeconds(first ? change : weight * change);
  }
  const ScalingReason pressure = Pressure(policy, sample);
  const bool late = pressure == ScalingReason::kSheds || pressure == ScalingReason::kQueueWait;
  state.late_share += weight * (late - state.late_share);
  state.load += weight * (Load(state, sample) - state.load);
}

// A queue that no single turn of the workers will clear is met at once.
bool Urgent(const ScalingSample& sample) {
  return sample.sheds > 0 || sample.queue_depth >= sample.workers;
}

bool Lasting(const ScalingPolicy& policy, const ScalingState& state, const ScalingSample& sample) {
  return state.late_share > kPressedShareMax || state.load > policy.busy_high * sample.workers;
}

int StepUpMax(const ScalingPolicy& policy, const ScalingSample& sample) {
  return std::max(1, static_cast<int>(sample.workers * policy.step_up_max));
}

// Workers for the load and, on top, for clearing the queue.
int Wanted(const ScalingPolicy& policy, const ScalingState& state, const ScalingSample& sample) {
  if (state.service_time == 0) return sample.workers + StepUpMax(policy, sample);
  const double queued = sample.queue_depth * ToSeconds(state.service_time);
  const double arriving = Urgent(sample) ? std::max(state.load, Load(state, sample)) : state.load;
  return WorkersFor(policy, arriving + queued / ToSeconds(policy.queue_clear_time),
                    state.service_time);
}

ScalingDecision StepUp(const ScalingPolicy& policy, ScalingState& state,
                       const ScalingSample& sample, Nanos now, ScalingReason pressure) {
  if (sample.workers >= policy.max) return {policy.max, ScalingReason::kAtMax};
  if (state.stepped_up_at != kNever && now - state.stepped_up_at < policy.cooldown_up) {
    return {sample.workers, ScalingReason::kCooldown};
  }
  const int wanted = Wanted(policy, state, sample);
  const bool now_needed = Urgent(sample) && wanted > sample.workers;
  if (!now_needed && !Lasting(policy, state, sample)) {
    return {sample.workers, ScalingReason::kUnconfirmed};
  }
  state.stepped_up_at = now;
  const int most = std::min(policy.max, sample.workers + StepUpMax(policy, sample));
  return {std::clamp(wanted, sample.workers + 1, most), pressure};
}

ScalingDecision StepDown(const ScalingPolicy& policy, ScalingState& state,
                         const ScalingSample& sample, Nanos now) {
  const int enough = WorkersFor(policy, state.load, state.service_time);
  const bool was_low = state.low_since != kNever;
  state.low_workers = was_low ? std::max(state.low_workers, enough) : enough;
  if (state.low_workers >= sample.workers || state.load >= policy.busy_low * sample.workers) {
    state.low_since = kNever;
    return {sample.workers, ScalingReason::kSteady};
  }
  if (!was_low) state.low_since = now;
  const bool after_up =
      state.stepped_up_at != kNever && now - state.stepped_up_at < 2 * policy.cooldown_down;
  if (after_up || now - state.low_since < policy.cooldown_down) {
    return {sample.workers, ScalingReason::kCooldown};
  }
  const int step_max = std::max(1, static_cast<int>(sample.workers * policy.step_down_max));
  state.low_since = kNever;
  return {std::max(state.low_workers, sample.workers - step_max), ScalingReason::kIdle};
}

std::string Because(const ScalingPolicy& policy, ScalingReason reason) {
  switch (reason) {
    case ScalingReason::kSteady:
      return "nothing to change";
    case ScalingReason::kBounds:
      return absl::StrFormat("the policy allows %d to %d", policy.min, policy.max);
    case ScalingReason::kRestarting:
      return "held while workers are being restarted";
    case ScalingReason::kUnconfirmed:
      return "held until it is clear that workers are missing";
    case ScalingReason::kCooldown:
      return "held until the cooldown is over";
    case ScalingReason::kAtMax:
      return absl::StrFormat("more are wanted, but %d is the most", policy.max);
    case ScalingReason::kSheds:
      return "requests were shed";
    case ScalingReason::kQueueWait:
      return absl::StrFormat("requests wait for longer than %.1f ms", ToMillis(policy.target_wait));
    case ScalingReason::kBusy:
      return absl::StrFormat("workers are over %.0f %% busy", policy.busy_high * 100);
    case ScalingReason::kIdle:
      return absl::StrFormat("fewer were enough for %.0f s", ToSeconds(policy.cooldown_down));
  }
  return "";
}

}  // namespace

int WorkersFor(const ScalingPolicy& policy, double load, Nanos service_time) {
  // Infinite while the service time is not known: then the busy share alone decides.
  const double waits = static_cast<double>(policy.target_wait) / static_cast<double>(service_time);
  double blocked = 1;  // Erlang B of `workers`, by its recursion
  for (int workers = 1; workers < policy.max; ++workers) {
    blocked = load * blocked / (workers + load * blocked);
    const double spare = workers - load;
    if (workers < policy.min || load > workers * BusyAim(policy)) continue;
    const double delayed = blocked * workers / (spare + load * blocked);  // Erlang C
    if (delayed * std::exp(-spare * waits) <= kLateShareMax) return workers;
  }
  return policy.max;
}

ScalingDecision Decide(const ScalingPolicy& policy, ScalingState& state,
                       const ScalingSample& sample, Nanos now) {
  if (sample.restarting) {
    state.low_since = kNever;
    return {sample.workers, ScalingReason::kRestarting};
  }
  Remember(policy, state, sample, now);
  const int bounded = std::clamp(sample.workers, policy.min, policy.max);
  if (bounded != sample.workers) return {bounded, ScalingReason::kBounds};
  const ScalingReason pressure = Pressure(policy, sample);
  if (pressure == ScalingReason::kSteady) return StepDown(policy, state, sample, now);
  state.low_since = kNever;
  return StepUp(policy, state, sample, now, pressure);
}

std::string Explain(const ScalingPolicy& policy, const ScalingSample& sample,
                    const ScalingDecision& decision) {
  return absl::StrFormat(
      "%d -> %d workers: %s. Queue wait p95 %.1f ms, %d queued, %d shed, workers %.0f %% busy, "
      "%.1f requests/s of %.1f ms each.",
      sample.workers, decision.target, Because(policy, decision.reason),
      ToMillis(sample.queue_wait_p95), sample.queue_depth, sample.sheds, sample.busy_share * 100,
      sample.arrivals_per_s, ToMillis(sample.service_time));
}

}  // namespace troupe::policy
