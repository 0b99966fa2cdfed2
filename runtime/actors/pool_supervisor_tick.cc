// What a supervisor does at a steady pace, whatever its workers say.
#include <algorithm>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/actors/hung_worker.h"
#include "runtime/actors/pool_supervisor.h"
#include "runtime/config/text.h"
#include "runtime/policy/retry_after.h"
#include "runtime/reactor/memory.h"
#include "runtime/telemetry/log.h"
#include "runtime/telemetry/thread_stack.h"

namespace troupe {

using admin::v1::Crash;

namespace {

bool RecycleIsDue(const Worker& worker, Nanos now) {
  return policy::RecycleDue(worker.origin().recycle, worker.served(), now) !=
         policy::RecycleReason::kNone;
}

}  // namespace

void PoolSupervisor::OnTick() {
  Turn([this] {
    Nanos now = control_.now();
    control_.timers().Arm(ticker_, now + kTick);
    restarts_.OnStable(now);
    events_.TellCounted(now);
    if (probe_at_ <= now) Probe();
    if (state_ == State::kProbing && !restarts_.failed()) {
      SetState(State::kRunning, "pool-recovered", "the worker that was tried stayed up");
      FillAll();
    }
    WatchWorkers(now);
    if (++ticks_ % kTicksPerScaling != 0) return;
    Scale(now);
    RecycleForMemory();
  });
}

void PoolSupervisor::WatchWorkers(Nanos now) {
  for (auto at = places_.begin(); at != places_.end();) {
    Place& place = *at++;  // which may go
    if (!place.worker) continue;
    if (place.leave_until <= now) {
      place.leave_until = kNever;
      place.worker->enqueue(
          caf::mailbox_element_ptr(new WorkerControl(WorkerControl::Command::kCancelAll)), &unit());
    }
    if (RecycleIsDue(*place.worker, now)) AskToLeave(place, "had served for long enough");
    Worker::Activity activity = place.worker->activity();
    switch (hang_watch_.Look(activity, now)) {
      case HangWatch::Finding::kNothing:
        break;
      case HangWatch::Finding::kBlocks:
        ReportHang(*place.worker, activity, /*replaced=*/false);
        break;
      case HangWatch::Finding::kHangs:
        OnHung(place, activity);
        break;
    }
  }
}

// The worker is left behind with its thread, and another takes its place. What it has begun is
// answered without it.
void PoolSupervisor::OnHung(Place& place, const Worker::Activity& activity) {
  auto& executor = static_cast<Executor&>(place.unit);
  ActorRef<Worker> worker = place.worker;
  try {
    if (!executor.Abandon(*worker)) return;  // it has come to its end after all
  } catch (const std::system_error& error) {
    Fail(policy_.restart.backoff_max,
         absl::StrCat("no thread can be started in place of one that hangs (", error.what(), ")"));
    return;
  }
  place.source.Leave(*worker);
  ReportHang(*worker, activity, /*replaced=*/true);
  worker->SendExit();
  place.before = worker->id();
  place.fate = "hangs";
  hung_.push_back(std::move(worker));
  place.worker = {};
  pool_.supervision().workers_replaced.Add(1);
  if (place.retired) {
    OnGone(place);
  } else if (abandoned() > static_cast<int>(policy_.abandoned_max)) {
    Fail(policy_.restart.backoff_max,
         absl::StrCat(abandoned(), " threads hang and were left behind, more than abandoned_max"));
  } else {
    Refill(place);
  }
}

void PoolSupervisor::ReportHang(const Worker& worker, const Worker::Activity& activity,
                                bool replaced) {
  std::vector<std::string> stack = telemetry::StackOfThread(activity.thread);
  Nanos took = control_.now() - activity.since;
  std::string text = absl::StrCat(
      "worker ", worker.id(), " has been in ", pool_.spec().service, ", ",
      pool_.RouteName(activity.handler), ", for ", took / kNanosPerMilli, " ms",
      replaced ? "; its thread is left behind and a new one takes its place"
               : " and keeps its reactor from everything else; such code belongs into a DEDICATED "
                 "pool");
  telemetry::LogError(absl::StrCat("pool ", pool_.spec().name),
                      absl::StrCat(text, "; it is at ", absl::StrJoin(stack, " < ")));
  TellEvent("worker-hung", absl::StrCat("A hang: ", text, "."),
            {{"worker", WorkerName(worker.id())},
             {"activity", pool_.RouteName(activity.handler)},
             {"milliseconds", absl::StrCat(took / kNanosPerMilli)},
             {"replaced", replaced ? "true" : "false"}});
  Crash crash;
  crash.set_kind(Crash::HANG);
  crash.set_worker(WorkerName(worker.id()));
  crash.set_worker_restarts(worker.origin().restarts);
  crash.set_request(absl::StrCat("requests/", activity.request));
  crash.set_route(pool_.RouteName(activity.handler));
  crash.mutable_stack()->Assign(stack.begin(), stack.end());
  crash.set_decision(replaced ? Crash::ABANDON : Crash::KEEP);
  crash.set_decision_reason(std::move(text));
  uint64_t record = pool_.crashes().Add(std::move(crash));
  AnswerForHung({reactors_, pool_, worker.id(), activity.request, record, replaced});
}

void PoolSupervisor::Scale(Nanos now) {
  policy::ScalingDecision decision =
      scaler_.Decide(size(), Restarting(), now, control_.WallTime(now));
  if (state_ != State::kFailed) {
    pool_.set_clearing_time(
        policy::ClearingTime(static_cast<int>(pool_.waiting()), scaler_.ended_per_second()));
  }
  if (state_ == State::kRunning && !on_reactors()) ScaleTo(decision.target);
}

void PoolSupervisor::ScaleTo(int target) {
  int before = size();
  if (target == before) return;
  telemetry::LogInfo(absl::StrCat("pool ", pool_.spec().name),
                     absl::StrCat("is scaled: ", scaler_.summary()));
  TellEvent("pool-scaled", absl::StrCat("The pool is scaled: ", scaler_.summary()),
            {{"from", absl::StrCat(before)},
             {"to", absl::StrCat(target)},
             {"reason", scaler_.summary()}});
  try {
    while (size() < target) AddPlace();
  } catch (const std::system_error& error) {
    telemetry::LogError(absl::StrCat("pool ", pool_.spec().name),
                        absl::StrCat("cannot start a thread (", error.what(), "); it stays at ",
                                     config::Count(size(), "worker")));
  }
  FillAll();
  while (size() > target) {
    Place* place = LeastNeeded();
    if (place == nullptr) return;
    Retire(*place);
  }
}

// One without a worker, else one whose worker does nothing, else the youngest.
PoolSupervisor::Place* PoolSupervisor::LeastNeeded() {
  Place* best = nullptr;
  auto rank = [](const Place& place) {
    return !place.worker ? 2 : place.worker->activity().since == 0 ? 1 : 0;
  };
  for (Place& place : places_) {
    if (place.retired) continue;
    if (best == nullptr || rank(place) >= rank(*best)) best = &place;
  }
  return best;
}

// The oldest worker, one at a time: the next only when nobody is on the way out.
void PoolSupervisor::RecycleForMemory() {
  if (policy_.recycle_process_bytes == 0 || ResidentBytes() < policy_.recycle_process_bytes) return;
  Place* oldest = nullptr;
  for (Place& place : places_) {
    if (!place.worker || place.leaving) return;
    if (oldest == nullptr || place.worker->origin().started < oldest->worker->origin().started) {
      oldest = &place;
    }
  }
  if (oldest == nullptr || control_.now() - oldest->worker->origin().started < kNanosPerSecond) {
    return;  // all are new: it is not they who hold the memory
  }
  telemetry::LogWarning(absl::StrCat("pool ", pool_.spec().name),
                        absl::StrCat("worker ", oldest->worker->id(),
                                     " is replaced, for the process has passed "
                                     "recycle.process_bytes_max"));
  AskToLeave(*oldest, "was replaced to free memory");
}

}  // namespace troupe
