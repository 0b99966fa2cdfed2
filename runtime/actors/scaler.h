// Scaling of one pool: takes samples of what it has counted, asks the policy, and remembers the
// last decisions with what led to them. Carries nothing out. The supervisor's thread only.
#pragma once

#include <deque>
#include <string>

#include "runtime/actors/pool.h"
#include "runtime/policy/scaling.h"
#include "troupe/admin/v1/pools.pb.h"

namespace troupe {

class Scaler {
 public:
  static constexpr Nanos kPeriod = 250 * kNanosPerMilli;

  Scaler(Pool& pool, const PoolPolicy& policy, Nanos now);

  void Apply(const PoolPolicy& policy);
  // Once a period. `workers` run or start, without those that leave; `busy_share` is of the moment.
  policy::ScalingDecision Decide(int workers, bool restarting, Nanos now, absl::Time wall);

  // Of the last few seconds.
  Nanos wait_p50() const { return wait_p50_; }
  Nanos wait_p95() const { return wait_p95_; }
  Nanos service_time() const { return service_time_; }
  double busy_share() const { return busy_share_; }
  double ended_per_second() const { return ended_per_second_; }

  // The latest first.
  const std::deque<admin::v1::ScalingDecision>& decisions() const { return decisions_; }
  // Why there are as many workers as there are.
  const std::string& summary() const { return summary_; }

 private:
  struct Reading {
    Nanos at = 0;
    PoolTally::Totals totals;
  };
  static constexpr size_t kDecisionsKept = 64;

  policy::ScalingSample Sample(int workers, bool restarting, Nanos now);
  void UpdateWindow(const Reading& latest);
  void Remember(const policy::ScalingSample& sample, const policy::ScalingDecision& decision,
                absl::Time wall);

  Pool& pool_;
  policy::ScalingPolicy policy_;
  policy::ScalingState state_;
  std::deque<Reading> readings_;  // one a period, for as long as the window is
  Nanos wait_p50_ = 0;
  Nanos wait_p95_ = 0;
  Nanos service_time_ = 0;
  double busy_share_ = 0;
  double ended_per_second_ = 0;
  std::deque<admin::v1::ScalingDecision> decisions_;
  std::string summary_;
};

}  // namespace troupe
