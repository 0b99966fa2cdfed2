#include "runtime/actors/pool_supervisor.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/actors/queued_pool.h"
#include "runtime/actors/sharded_pool.h"
#include "runtime/telemetry/log.h"

namespace troupe {
namespace {

// What a death says of its reason; the text that LeanActor put into it when there is one.
std::string ReasonText(const caf::error& reason) {
  if (!reason) return "normal";
  if (reason.context().match_elements<std::string>())
    return reason.context().get_as<std::string>(0);
  return caf::to_string(reason);
}

}  // namespace

PoolSupervisor::PoolSupervisor(caf::actor_config& config, Reactor& control, Pool& pool,
                               const std::vector<Reactor*>& reactors)
    : LeanActor(config, control), control_(control), pool_(pool) {
  const PoolSpec& spec = pool.spec();
  auto add = [&](Unit& unit, WorkSource& source) {
    places_.push_back(std::make_unique<Place>(*this, unit, source));
  };
  if (spec.placement == Placement::kReactor) {
    auto& sharded = static_cast<ShardedPool&>(pool);
    for (uint32_t i = 0; i < spec.workers; ++i) {
      Reactor& reactor = *reactors[i % reactors.size()];
      add(reactor, sharded.shard(reactor.index()));
    }
    return;
  }
  auto& queued = static_cast<QueuedPool&>(pool);
  bool shared = spec.placement == Placement::kShared;
  for (uint32_t i = 0; i < (shared ? 1 : spec.workers); ++i) {
    executors_.push_back(std::make_unique<Executor>(control.system(), spec.name,
                                                    shared ? static_cast<int>(spec.workers) : 1));
  }
  for (uint32_t i = 0; i < spec.workers; ++i) add(*executors_[shared ? 0 : i], queued);
}

void PoolSupervisor::Start() {
  Turn([this] {
    for (auto& place : places_) Fill(*place);
  });
}

void PoolSupervisor::Fill(Place& place) {
  if (stopping_) return;
  place.started_at = control_.now();
  place.worker = LeanActor::Spawn<Worker>(place.unit, place.unit, pool_, place.source);
  place.worker->MonitorBy(*this);
  place.worker->enqueue(caf::mailbox_element_ptr(new WorkerControl(WorkerControl::Command::kStart)),
                        &unit());
}

void PoolSupervisor::OnDown(const caf::down_msg& down) {
  auto at = std::find_if(places_.begin(), places_.end(), [&](const auto& place) {
    return place->worker && place->worker->address() == down.source;
  });
  if (at == places_.end()) return;
  Place& place = **at;
  uint64_t id = place.worker->id();
  place.worker = {};
  if (stopping_) return;
  ++deaths_;
  pool_.NoteFailure();
  Nanos pause = NextBackoff(place);
  telemetry::LogError(
      absl::StrCat("pool ", pool_.spec().name),
      absl::StrCat("worker ", id, " ended: ", ReasonText(down.reason), "; a new one starts in ",
                   absl::FormatDuration(absl::Milliseconds(pause / kNanosPerMilli))));
  control_.timers().Arm(place, control_.now() + pause);
}

Nanos PoolSupervisor::NextBackoff(Place& place) {
  const PoolSpec& spec = pool_.spec();
  bool lived_long = control_.now() - place.started_at > spec.backoff_max;
  place.backoff = place.backoff == 0 || lived_long ? spec.backoff_min
                                                   : std::min(place.backoff * 2, spec.backoff_max);
  // Spread, so that workers that died together do not start together.
  return static_cast<Nanos>(static_cast<double>(place.backoff) * absl::Uniform(random_, 0.8, 1.2));
}

void PoolSupervisor::Stop() {
  Turn([this] {
    stopping_ = true;
    for (auto& place : places_) {
      place->Disarm();
      if (!place->worker) continue;
      place->worker->enqueue(
          caf::mailbox_element_ptr(new WorkerControl(WorkerControl::Command::kDrain)), &unit());
    }
  });
}

void PoolSupervisor::End() {
  Turn([this] { Quit(); });
}

bool PoolSupervisor::stopped() const {
  return std::none_of(places_.begin(), places_.end(),
                      [](const auto& place) { return bool{place->worker}; });
}

bool PoolSupervisor::StopExecutors(Nanos patience) {
  bool ended = true;
  for (auto& executor : executors_) ended = executor->Stop(patience) && ended;
  return ended;
}

void PoolSupervisor::OnExit() {
  for (auto& place : places_) place->Disarm();
}

}  // namespace troupe
