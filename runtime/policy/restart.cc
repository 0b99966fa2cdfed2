#include "runtime/policy/restart.h"

#include <cstddef>

#include "runtime/policy/jitter.h"

namespace troupe::policy {

RestartDecision RestartState::OnFailure(Nanos now, double random) {
  OnStable(now);
  stable_at_ = kNever;
  if (failed_ || TooManyFailures(now)) {
    failed_ = true;
    return {RestartDecision::Action::kFail, Jittered(policy_.backoff_max, policy_.jitter, random)};
  }
  return {RestartDecision::Action::kRestart, Jittered(NextBackoff(), policy_.jitter, random)};
}

void RestartState::OnStarted(Nanos now) {
  // The first start after a failure counts: later ones, of siblings or of a pool that grows, do not
  // put off the moment when the pool is well.
  if (backoff_ == 0 && !failed_) return;
  if (stable_at_ == kNever) stable_at_ = now + policy_.window;
}

void RestartState::OnStable(Nanos now) {
  if (now < stable_at_) return;
  stable_at_ = kNever;
  backoff_ = 0;
  failed_ = false;
  failures_.clear();
}

bool RestartState::TooManyFailures(Nanos now) {
  while (!failures_.empty() && now - failures_.front() > policy_.window) failures_.pop_front();
  failures_.push_back(now);
  return failures_.size() > static_cast<size_t>(policy_.restarts_max);
}

Nanos RestartState::NextBackoff() {
  if (backoff_ == 0) {
    backoff_ = policy_.backoff_min;
  } else if (backoff_ > policy_.backoff_max / 2) {
    backoff_ = policy_.backoff_max;
  } else {
    backoff_ *= 2;
  }
  return backoff_;
}

}  // namespace troupe::policy
