// What an operator sees of a pool and its workers.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "runtime/actors/pool_supervisor.h"
#include "runtime/actors/proto_time.h"

namespace troupe {

std::string_view StateName(PoolSupervisor::State state) {
  switch (state) {
    case PoolSupervisor::State::kRunning:
      return "RUNNING";
    case PoolSupervisor::State::kSuspended:
      return "SUSPENDED";
    case PoolSupervisor::State::kFailed:
      return "FAILED";
    case PoolSupervisor::State::kProbing:
      return "STARTING";
    case PoolSupervisor::State::kStopping:
      return "STOPPING";
  }
  return "";
}

namespace {

admin::v1::Pool::State StateOf(PoolSupervisor::State state, int running) {
  switch (state) {
    case PoolSupervisor::State::kRunning:
      return running > 0 ? admin::v1::Pool::RUNNING : admin::v1::Pool::STARTING;
    case PoolSupervisor::State::kSuspended:
      return admin::v1::Pool::SUSPENDED;
    case PoolSupervisor::State::kFailed:
      return admin::v1::Pool::FAILED;
    case PoolSupervisor::State::kProbing:
      return admin::v1::Pool::STARTING;
    case PoolSupervisor::State::kStopping:
      return admin::v1::Pool::STOPPING;
  }
  return admin::v1::Pool::STATE_UNSPECIFIED;
}

}  // namespace

void PoolSupervisor::Describe(admin::v1::Pool& pool) const {
  const PoolSpec& spec = pool_.spec();
  int running = pool_.workers_running();
  pool.set_name(absl::StrCat("pools/", spec.name));
  pool.set_service(spec.service);
  pool.set_placement(std::string(PlacementName(spec.placement)));
  pool.set_state(StateOf(state_, running));
  pool.set_state_reason(state_reason_);
  *pool.mutable_state_time() = ToProto(state_time_);
  pool.set_workers_min(static_cast<int>(policy_.workers_min));
  pool.set_workers_max(static_cast<int>(policy_.workers_max));
  pool.set_workers_running(running);
  int busy = 0;
  for (const Place& place : places_) {
    if (place.worker && place.worker->activity().since != 0) ++busy;
  }
  pool.set_workers_busy(busy);
  pool.set_in_flight(pool_.in_flight());
  pool.set_in_flight_max(static_cast<int>(pool_.in_flight_max()));
  pool.set_queue_depth(pool_.waiting());
  pool.set_queue_max(pool_.queue_max());
  PoolTally::Totals totals = pool_.ReadTally(control_.now());
  if (scaler_.service_time() > 0) {
    *pool.mutable_queue_wait_p50() = ToProto(scaler_.wait_p50());
    *pool.mutable_queue_wait_p95() = ToProto(scaler_.wait_p95());
    *pool.mutable_service_time() = ToProto(scaler_.service_time());
  }
  pool.set_busy_share(scaler_.busy_share());
  pool.set_capacity(int64_t{running} * pool_.in_flight_max());
  if (scaler_.service_time() > 0) {
    pool.set_capacity_per_second(static_cast<double>(pool.capacity()) * kNanosPerSecond /
                                 static_cast<double>(scaler_.service_time()));
  }
  pool.set_served(static_cast<int64_t>(totals.ended));
  pool.set_shed(static_cast<int64_t>(totals.shed));
  pool.set_restarts(static_cast<int64_t>(pool_.supervision().workers_replaced.value()));
  pool.set_deaths(static_cast<int64_t>(deaths()));
  Nanos next = probe_at_;
  for (const Place& place : places_) {
    if (place.armed()) next = std::min(next, place.due());
  }
  if (next != kNever) *pool.mutable_next_restart_time() = ToProto(control_.WallTime(next));
  pool.set_threads_abandoned(abandoned());
}

std::vector<admin::v1::Worker> PoolSupervisor::DescribeWorkers() const {
  std::vector<admin::v1::Worker> workers;
  auto describe = [&](const Worker& worker, admin::v1::Worker::State state) {
    admin::v1::Worker& shown = workers.emplace_back();
    Worker::Activity activity = worker.activity();
    shown.set_name(WorkerName(worker.id()));
    bool idle = state == admin::v1::Worker::BUSY && activity.since == 0;
    shown.set_state(idle ? admin::v1::Worker::IDLE : state);
    shown.set_thread(absl::StrCat(activity.thread));
    shown.set_served(static_cast<int64_t>(worker.served()));
    *shown.mutable_start_time() = ToProto(control_.WallTime(worker.origin().started));
    shown.set_restarts(worker.origin().restarts);
    if (activity.since == 0) return;
    shown.set_activity(pool_.RouteName(activity.handler));
    *shown.mutable_activity_time() = ToProto(control_.WallTime(activity.since));
  };
  for (const Place& place : places_) {
    if (!place.worker) continue;
    describe(*place.worker, place.leaving ? admin::v1::Worker::DRAINING : admin::v1::Worker::BUSY);
  }
  for (const auto& worker : hung_) describe(*worker, admin::v1::Worker::HUNG);
  return workers;
}

}  // namespace troupe
