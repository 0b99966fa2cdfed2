// When a failed worker is started again. One RestartState for each pool, fed by its supervisor: the
// pause doubles with each failure in a row, and a pool that fails more often than the policy
// tolerates is FAILED, which a slow probe ends that stays up.
//
// One thread; deterministic: time and random numbers, from [0, 1), are passed in.
#pragma once

#include <deque>

#include "runtime/policy/nanos.h"

namespace troupe::policy {

struct RestartPolicy {
  Nanos backoff_min = 100 * kNanosPerMilli;  // over 0
  Nanos backoff_max = 30 * kNanosPerSecond;  // at least backoff_min; also the pace of probes
  double jitter = 0.2;                       // share of the pause by which it varies either way
  int restarts_max = 5;                      // failures in a window that are answered by a restart
  Nanos window = 10 * kNanosPerSecond;       // also how long a pool runs without failure to be well
};

struct RestartDecision {
  enum class Action { kRestart, kFail };
  // kRestart: start a worker again after the pause. kFail: the pool is FAILED; what waits is shed,
  // and a probe is started after the pause.
  Action action;
  Nanos pause;
};

class RestartState {
 public:
  explicit RestartState(const RestartPolicy& policy) : policy_(policy) {}

  // A worker died or did not start.
  RestartDecision OnFailure(Nanos now, double random);
  // A worker, or probe, runs again.
  void OnStarted(Nanos now);
  // To be called at stable_at(); earlier calls do nothing. A pool that ran that long without
  // failure is well: the next pause is the shortest again, and it is not FAILED any more.
  void OnStable(Nanos now);

  bool failed() const { return failed_; }
  // When the pool is well if nothing fails until then; kNever while nothing is to be waited for.
  Nanos stable_at() const { return stable_at_; }

 private:
  bool TooManyFailures(Nanos now);
  Nanos NextBackoff();

  RestartPolicy policy_;
  std::deque<Nanos> failures_;  // within the window; at most restarts_max + 1 of them
  Nanos backoff_ = 0;           // before jitter; 0 when the pool is well
  Nanos stable_at_ = kNever;
  bool failed_ = false;
};

}  // namespace troupe::policy
