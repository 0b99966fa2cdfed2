#include "runtime/actors/pool_supervisor.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/actors/queued_pool.h"
#include "runtime/actors/sharded_pool.h"
#include "runtime/config/text.h"
#include "runtime/telemetry/log.h"

namespace troupe {

using admin::v1::Crash;
using telemetry::Cause;

namespace {

// What a death says of its reason; the text that LeanActor put into it when there is one.
std::string ReasonText(const caf::error& reason) {
  if (reason.context().match_elements<std::string>())
    return reason.context().get_as<std::string>(0);
  return caf::to_string(reason);
}

bool IsNormal(const caf::error& reason) { return !reason || reason == caf::exit_reason::normal; }

caf::mailbox_element_ptr Tell(WorkerControl::Command command) {
  return caf::mailbox_element_ptr(new WorkerControl(command));
}

std::string Milliseconds(Nanos time) {
  return absl::FormatDuration(absl::Milliseconds(time / kNanosPerMilli));
}

}  // namespace

PoolSupervisor::PoolSupervisor(caf::actor_config& config, Reactor& control, Pool& pool,
                               const std::vector<Reactor*>& reactors, telemetry::EventLog* events)
    : LeanActor(config, control),
      control_(control),
      pool_(pool),
      reactors_(reactors),
      policy_(pool.spec().policy),
      restarts_(policy_.restart),
      scaler_(pool, policy_, control.now()),
      hang_watch_(on_reactors()),
      events_(events, absl::StrCat("pools/", pool.spec().name)),
      state_time_(control.WallTime(control.now())) {
  for (uint32_t i = 0; i < policy_.workers_min; ++i) AddPlace();
}

void PoolSupervisor::AddPlace() {
  if (on_reactors()) {
    Reactor& reactor = *reactors_[places_.size() % reactors_.size()];
    places_.emplace_back(*this, reactor, static_cast<ShardedPool&>(pool_).shard(reactor.index()));
  } else {
    places_.emplace_back(*this, ExecutorForPlace(), static_cast<QueuedPool&>(pool_));
  }
}

Executor& PoolSupervisor::ExecutorForPlace() {
  bool shared = pool_.spec().placement == Placement::kShared;
  if (shared && !executors_.empty()) {
    executors_.front()->AddThread();
    return *executors_.front();
  }
  if (!spare_executors_.empty()) {
    Executor& spare = *spare_executors_.back();
    spare.AddThread();
    spare_executors_.pop_back();
    return spare;
  }
  executors_.push_back(std::make_unique<Executor>(control_.system(), pool_.spec().name, 1));
  return *executors_.back();
}

void PoolSupervisor::Start() {
  Turn([this] {
    FillAll();
    control_.timers().Arm(ticker_, control_.now() + kTick);
  });
}

void PoolSupervisor::FillAll() {
  for (Place& place : places_) {
    if (!place.worker && !place.armed()) Fill(place);
  }
}

void PoolSupervisor::Fill(Place& place) {
  if (state_ == State::kStopping || state_ == State::kFailed) return;
  Nanos now = control_.now();
  Worker::Origin origin;
  origin.restarts = place.restarts++;
  origin.started = now;
  origin.recycle = policy::DrawRecycleLimits(policy_.recycle, now, Random());
  place.leaving = false;
  place.leave_until = kNever;
  place.worker = LeanActor::Spawn<Worker>(place.unit, place.unit, pool_, place.source, origin);
  place.worker->MonitorBy(*this);
  place.worker->enqueue(Tell(WorkerControl::Command::kStart), &unit());
  restarts_.OnStarted(now);
}

// In the place of one that has ended.
void PoolSupervisor::Refill(Place& place) {
  Fill(place);
  if (!place.worker) return;
  TellEvent("worker-restarted",
            absl::StrCat("Worker ", place.worker->id(), " takes the place of worker ", place.before,
                         ", which ", std::string(place.fate), "."),
            {{"worker", WorkerName(place.worker->id())},
             {"before", WorkerName(place.before)},
             {"reason", std::string(place.fate)}});
}

std::string PoolSupervisor::WorkerName(uint64_t id) const {
  return absl::StrCat("pools/", pool_.spec().name, "/workers/", id);
}

void PoolSupervisor::OnPauseOver(Place& place) {
  Turn([&] {
    pool_.supervision().workers_replaced.Add(1);
    Refill(place);
  });
}

void PoolSupervisor::OnDown(const caf::down_msg& down) {
  std::erase_if(hung_, [&](const auto& worker) { return worker->address() == down.source; });
  auto at = std::find_if(places_.begin(), places_.end(), [&](const Place& place) {
    return place.worker && place.worker->address() == down.source;
  });
  if (at == places_.end()) return;
  Place& place = *at;
  place.before = place.worker->id();
  place.worker = {};
  if (state_ == State::kStopping) return;
  if (place.retired) {
    OnGone(place);
  } else if (IsNormal(down.reason)) {  // recycled, or restarted by an operator
    pool_.supervision().workers_replaced.Add(1);
    bool tried = state_ == State::kProbing && stopped();  // and not one of those before it
    if (state_ == State::kRunning || state_ == State::kSuspended || tried) Refill(place);
  } else {
    OnFailure(place, ReasonText(down.reason));
  }
}

void PoolSupervisor::OnFailure(Place& place, const std::string& reason) {
  pool_.NoteDeath();
  place.fate = "died";
  policy::RestartDecision decision = restarts_.OnFailure(control_.now(), Random());
  bool fails = decision.action == policy::RestartDecision::Action::kFail;
  std::string text =
      fails ? absl::StrCat("more than ", config::Count(policy_.restart.restarts_max, "worker"),
                           " died within ", Milliseconds(policy_.restart.window),
                           "; the next try is in ", Milliseconds(decision.pause))
            : absl::StrCat("a new one starts in ", Milliseconds(decision.pause));
  telemetry::LogError(absl::StrCat("pool ", pool_.spec().name),
                      absl::StrCat("worker ", place.before, " ended: ", reason, "; ", text));
  TellEvent("worker-died",
            absl::StrCat("Worker ", place.before, " has died: ", reason, "; ", text, "."),
            {{"worker", WorkerName(place.before)}, {"reason", reason}, {"decision", text}});
  pool_.crashes().DecideForWorker(place.before, reason, fails ? Crash::FAIL_POOL : Crash::RESTART,
                                  text, decision.pause);
  if (fails) {
    Fail(decision.pause, text);
  } else {
    control_.timers().Arm(place, control_.now() + decision.pause);
  }
}

// What waits is shed at once, and so is what comes, until a worker that is tried stays up.
void PoolSupervisor::Fail(Nanos pause, const std::string& why) {
  if (state_ == State::kSuspended) return;  // it is closed already, and Resume starts it anew
  SetState(State::kFailed, "pool-failed", why);
  pool_.Close(Cause::kPoolFailed);
  pool_.set_clearing_time(pause);
  pool_.DropQueued(Cause::kPoolFailed);
  for (Place& place : places_) {
    place.Disarm();
    if (place.worker) AskToLeave(place, "left the failed pool");
  }
  probe_at_ = control_.now() + pause;
}

// Waits for a place whose last worker has ended, and for threads that hang to become fewer.
void PoolSupervisor::Probe() {
  auto empty = std::find_if(places_.begin(), places_.end(),
                            [](const Place& place) { return !place.worker && !place.retired; });
  if (empty == places_.end() || abandoned() > static_cast<int>(policy_.abandoned_max)) return;
  SetState(State::kProbing, "pool-tried", "one worker is tried");
  pool_.Close(Cause::kNone);
  pool_.supervision().workers_replaced.Add(1);
  Fill(*empty);
}

void PoolSupervisor::SetState(State state, std::string_view event, std::string why) {
  if (state != state_) {
    state_time_ = control_.WallTime(control_.now());
    const std::string text = absl::StrCat("is ", std::string(StateName(state)), ": ", why);
    if (state != State::kStopping) {
      telemetry::LogWarning(absl::StrCat("pool ", pool_.spec().name), text);
    }
    TellEvent(event, absl::StrCat("The pool ", text, "."), {{"reason", why}});
  }
  state_ = state;
  if (state != State::kFailed) probe_at_ = kNever;
  state_reason_ = std::move(why);
}

// `fate` is a literal: what will have become of its worker.
void PoolSupervisor::AskToLeave(Place& place, std::string_view fate, bool retire) {
  place.retired = place.retired || retire;
  if (place.leaving) return;
  place.leaving = true;
  place.fate = fate;
  place.leave_until = control_.now() + policy_.worker_drain_timeout;
  place.worker->enqueue(Tell(WorkerControl::Command::kDrain), &unit());
}

void PoolSupervisor::Retire(Place& place) {
  place.Disarm();
  if (place.worker) {
    AskToLeave(place, "was taken away", /*retire=*/true);
  } else {
    OnGone(place);
  }
}

void PoolSupervisor::OnGone(Place& place) {
  if (!on_reactors()) {
    auto& executor = static_cast<Executor&>(place.unit);
    executor.RemoveThread();
    if (pool_.spec().placement == Placement::kDedicated) spare_executors_.push_back(&executor);
  }
  places_.remove_if([&](const Place& each) { return &each == &place; });
}

int PoolSupervisor::size() const {
  return static_cast<int>(std::count_if(places_.begin(), places_.end(),
                                        [](const Place& place) { return !place.retired; }));
}

bool PoolSupervisor::Restarting() const {
  return state_ != State::kRunning || std::any_of(places_.begin(), places_.end(),
                                                  [](const Place& place) { return place.armed(); });
}

void PoolSupervisor::Stop() {
  Turn([this] {
    SetState(State::kStopping, "pool-stopping", "the server ends");
    ticker_.Disarm();
    for (Place& place : places_) {
      place.Disarm();
      if (place.worker) AskToLeave(place, "ended with the server");
    }
  });
}

void PoolSupervisor::End() {
  Turn([this] { Quit(); });
}

bool PoolSupervisor::stopped() const {
  return std::none_of(places_.begin(), places_.end(),
                      [](const Place& place) { return bool{place.worker}; });
}

bool PoolSupervisor::StopExecutors(Nanos patience) {
  bool ended = true;
  for (auto& executor : executors_) ended = executor->Stop(patience) && ended;
  return ended;
}

// Its workers end with it, when they have finished what they have begun.
void PoolSupervisor::OnExit() {
  ticker_.Disarm();
  for (Place& place : places_) {
    place.Disarm();
    if (place.worker) AskToLeave(place, "ended with its supervisor");
    place.worker = {};
  }
}

// --- operators
// ----------------------------------------------------------------------------------------

void PoolSupervisor::Apply(const PoolPolicy& policy) {
  Turn([&] {
    policy_ = policy;
    pool_.Apply(policy);
    scaler_.Apply(policy);
    restarts_ = policy::RestartState(policy.restart);
    if (on_reactors()) return;
    // A worker may have room for what waits now, and nothing else would tell it.
    for (Place& place : places_) {
      if (place.worker) place.unit.Wake(*place.worker);
    }
  });
}

void PoolSupervisor::Suspend(std::string reason) {
  Turn([&] {
    if (state_ == State::kStopping) return;
    pool_.Close(Cause::kPoolSuspended);
    pool_.DropQueued(Cause::kPoolSuspended);
    SetState(State::kSuspended, "pool-suspended", std::move(reason));
  });
}

void PoolSupervisor::Resume(std::string reason) {
  Turn([&] {
    if (state_ == State::kStopping) return;
    restarts_ = policy::RestartState(policy_.restart);
    SetState(State::kRunning, "pool-resumed", std::move(reason));
    pool_.Close(Cause::kNone);
    for (Place& place : places_) place.Disarm();
    FillAll();
  });
}

PoolSupervisor::Place* PoolSupervisor::PlaceOf(uint64_t worker_id) {
  for (Place& place : places_) {
    if (place.worker && place.worker->id() == worker_id) return &place;
  }
  return nullptr;
}

absl::Status PoolSupervisor::RestartWorker(uint64_t id) {
  Place* place = PlaceOf(id);
  if (place == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("pool ", pool_.spec().name, " has no worker ", id, " any more"));
  }
  Turn([&] { AskToLeave(*place, "was restarted by an operator"); });
  return absl::OkStatus();
}

absl::Status PoolSupervisor::StopWorker(uint64_t id) {
  Place* place = PlaceOf(id);
  if (place == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("pool ", pool_.spec().name, " has no worker ", id, " any more"));
  }
  if (size() <= static_cast<int>(policy_.workers_min)) {
    return absl::FailedPreconditionError(
        absl::StrCat("pool ", pool_.spec().name, " would have fewer than workers.min (",
                     policy_.workers_min, ") workers; lower that first, or restart the worker"));
  }
  Turn([&] { Retire(*place); });
  return absl::OkStatus();
}

}  // namespace troupe
