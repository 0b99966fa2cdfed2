#include "runtime/actors/root_supervisor.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/telemetry/log.h"

namespace troupe {

RootSupervisor::RootSupervisor(caf::actor_config& config, Reactor& control, const Pools& pools,
                               std::vector<Reactor*> reactors, telemetry::EventLog* events)
    : LeanActor(config, control),
      control_(control),
      reactors_(std::move(reactors)),
      events_(events) {
  for (const auto& pool : pools) children_.push_back(std::make_unique<Child>(*this, *pool));
}

ActorRef<PoolSupervisor> RootSupervisor::StartSupervisor(Pool& pool) {
  auto supervisor = LeanActor::Spawn<PoolSupervisor>(control_, control_, pool, reactors_, events_);
  supervisor->MonitorBy(*this);
  supervisor->Start();
  return supervisor;
}

void RootSupervisor::Start() {
  for (; started_ < children_.size(); ++started_) {
    Child& child = *children_[started_];
    child.supervisor = StartSupervisor(child.pool);
  }
}

void RootSupervisor::OnDown(const caf::down_msg& down) {
  if (stopping_) return;
  for (const auto& child : children_) {
    if (!child->supervisor || child->supervisor->address() != down.source) continue;
    OnFailure(*child, caf::to_string(down.reason));
  }
}

void RootSupervisor::OnFailure(Child& child, const std::string& what) {
  const policy::RestartDecision decision =
      child.restarts.OnFailure(control_.now(), absl::Uniform(random_, 0.0, 1.0));
  telemetry::LogError(
      absl::StrCat("pool ", child.pool.spec().name),
      absl::StrCat("its supervisor has ended (", what, "); a new one starts in ",
                   absl::FormatDuration(absl::Milliseconds(decision.pause / kNanosPerMilli))));
  if (decision.action == policy::RestartDecision::Action::kFail) {
    child.pool.Close(telemetry::Cause::kPoolFailed);
    child.pool.set_clearing_time(decision.pause);
    child.pool.DropQueued(telemetry::Cause::kPoolFailed);
  }
  control_.timers().Arm(child, control_.now() + decision.pause);
}

void RootSupervisor::OnPauseOver(Child& child) {
  Turn([&] {
    try {
      // Under the policy that was in effect; but what the dead one had closed is open again.
      const PoolPolicy policy = child.supervisor->policy();
      ActorRef<PoolSupervisor> supervisor = StartSupervisor(child.pool);
      supervisor->Apply(policy);
      former_.push_back(std::exchange(child.supervisor, std::move(supervisor)));
      child.pool.Close(telemetry::Cause::kNone);
      child.restarts.OnStarted(control_.now());
    } catch (const std::exception& error) {
      OnFailure(child, error.what());
    }
  });
}

void RootSupervisor::Stop() {
  stopping_ = true;
  for (const auto& child : children_) child->Disarm();
  for (size_t i = started_; i > 0; --i) supervisor(i - 1).Stop();
}

bool RootSupervisor::stopped() const {
  return std::all_of(children_.begin(), children_.end(), [](const auto& child) {
    return !child->supervisor || child->supervisor->stopped();
  });
}

bool RootSupervisor::StopExecutors(Nanos patience) {
  const Nanos until = Clock::System().Steady() + patience;
  bool ended = true;
  auto stop = [&](PoolSupervisor& supervisor) {
    const Nanos left = std::max<Nanos>(0, until - Clock::System().Steady());
    ended = supervisor.StopExecutors(left) && ended;
  };
  for (const auto& supervisor : former_) stop(*supervisor);
  for (size_t i = started_; i > 0; --i) stop(supervisor(i - 1));
  return ended;
}

void RootSupervisor::End() {
  for (size_t i = started_; i > 0; --i) supervisor(i - 1).End();
  Turn([this] { Quit(); });
}

void RootSupervisor::OnExit() {
  for (const auto& child : children_) child->Disarm();
}

}  // namespace troupe
