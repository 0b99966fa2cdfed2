#include "runtime/actors/scaler.h"

#include <algorithm>

#include "absl/time/time.h"
#include "runtime/actors/proto_time.h"

namespace troupe {
namespace {

constexpr Nanos kWindow = 10 * kNanosPerSecond;

}  // namespace

Scaler::Scaler(Pool& pool, const PoolPolicy& policy, Nanos now) : pool_(pool) {
  Apply(policy);
  readings_.push_back({now, pool.ReadTally(now)});
}

void Scaler::Apply(const PoolPolicy& policy) {
  policy_ = policy.scaling;
  policy_.min = static_cast<int>(policy.workers_min);
  policy_.max = static_cast<int>(policy.workers_max);
}

policy::ScalingDecision Scaler::Decide(int workers, bool restarting, Nanos now, absl::Time wall) {
  policy::ScalingSample sample = Sample(workers, restarting, now);
  policy::ScalingDecision decision = policy::Decide(policy_, state_, sample, now);
  summary_ = policy::Explain(policy_, sample, decision);
  if (decision.target != workers) Remember(sample, decision, wall);
  return decision;
}

policy::ScalingSample Scaler::Sample(int workers, bool restarting, Nanos now) {
  Reading latest{now, pool_.ReadTally(now)};
  const Reading& before = readings_.back();
  PoolTally::Totals since = latest.totals - before.totals;
  double seconds = std::max(ToSeconds(now - before.at), 1e-3);
  uint32_t slots = pool_.in_flight_max();
  policy::ScalingSample sample;
  sample.workers = workers;
  sample.restarting = restarting;
  sample.queue_depth = static_cast<int>(pool_.waiting());
  sample.queue_wait_p95 = since.WaitQuantile(0.95);
  sample.arrivals_per_s = static_cast<double>(since.arrived) / seconds;
  sample.service_time =
      since.ended == 0 ? 0 : since.service_time / static_cast<Nanos>(since.ended) / slots;
  sample.sheds = static_cast<int>(since.shed);
  sample.busy_share =
      std::min(1.0, ToSeconds(since.occupied) / (seconds * std::max(workers, 1) * slots));
  UpdateWindow(latest);
  return sample;
}

void Scaler::UpdateWindow(const Reading& latest) {
  while (readings_.size() > 1 && latest.at - readings_.front().at > kWindow) readings_.pop_front();
  PoolTally::Totals since = latest.totals - readings_.front().totals;
  Nanos span = std::max<Nanos>(latest.at - readings_.front().at, kNanosPerMilli);
  wait_p50_ = since.WaitQuantile(0.5);
  wait_p95_ = since.WaitQuantile(0.95);
  service_time_ = since.ended == 0 ? 0 : since.service_time / static_cast<Nanos>(since.ended);
  ended_per_second_ = static_cast<double>(since.ended) / ToSeconds(span);
  double slots = static_cast<double>(std::max(pool_.workers_running(), 1)) * pool_.in_flight_max();
  busy_share_ = std::min(1.0, ToSeconds(since.occupied) / (ToSeconds(span) * slots));
  readings_.push_back(latest);
}

void Scaler::Remember(const policy::ScalingSample& sample, const policy::ScalingDecision& decision,
                      absl::Time wall) {
  admin::v1::ScalingDecision kept;
  *kept.mutable_time() = ToProto(wall);
  kept.set_from(sample.workers);
  kept.set_to(decision.target);
  kept.set_reason(summary_);
  admin::v1::ScalingSample& seen = *kept.add_samples();
  *seen.mutable_time() = ToProto(wall);
  *seen.mutable_queue_wait_p95() = ToProto(sample.queue_wait_p95);
  seen.set_queue_depth(sample.queue_depth);
  seen.set_busy_share(sample.busy_share);
  seen.set_in_flight(pool_.in_flight());
  SupervisionCounts& counts = pool_.supervision();
  ScalingSteps& steps = decision.target > sample.workers ? counts.steps_up : counts.steps_down;
  steps[static_cast<size_t>(decision.reason)].Add(1);
  decisions_.push_front(std::move(kept));
  if (decisions_.size() > kDecisionsKept) decisions_.pop_back();
}

}  // namespace troupe
