// A pool: the workers of one service under one policy, and the bounded queue in front of them.
// Connections see it through a PoolHandle, workers through a WorkSource; both are one object, a
// shard per reactor for REACTOR pools and one locked queue for the others.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/actors/admission_queue.h"
#include "runtime/actors/crash_log.h"
#include "runtime/actors/lean_actor.h"
#include "runtime/actors/pool_tally.h"
#include "runtime/actors/quarantine_gate.h"
#include "runtime/actors/supervision_counts.h"
#include "runtime/async/service_entry.h"
#include "runtime/http/router.h"
#include "runtime/policy/adaptive_limit.h"
#include "runtime/policy/quarantine.h"
#include "runtime/policy/recycle.h"
#include "runtime/policy/restart.h"
#include "runtime/policy/scaling.h"
#include "runtime/reactor/exchange.h"

namespace troupe {

class Worker;

enum class Placement : uint8_t { kReactor, kShared, kDedicated };
std::string_view PlacementName(Placement placement);

// How requests are let in and wait; fixed for the pool's life.
struct AdmissionSpec {
  QueueOrder order;
  std::optional<policy::AdaptiveLimitPolicy> adaptive;
  bool skip_hopeless = true;  // do not begin what cannot meet its deadline
};

// What may be changed while the pool works.
struct PoolPolicy {
  uint32_t workers_min = 1;  // in all; REACTOR: a multiple of the reactors, and as workers_max
  uint32_t workers_max = 1;
  uint32_t in_flight_max = 1;  // per worker
  uint32_t queue_max = 0;      // in all
  Nanos hang_timeout = 0;      // 0: hang_grace after the request's deadline
  uint32_t abandoned_max = 8;
  Nanos worker_drain_timeout = 10 * kNanosPerSecond;  // for what a worker has begun, when it leaves
  bool restart_on_throw = false;
  policy::RestartPolicy restart;
  policy::RecyclePolicy recycle;
  uint64_t recycle_process_bytes = 0;  // 0: off
  policy::ScalingPolicy scaling;       // without min and max
};

struct PoolSpec {
  std::string name;
  std::string service;
  ServiceOptions::Values options;
  Placement placement = Placement::kReactor;
  AdmissionSpec admission;
  policy::QuarantinePolicy quarantine;
  std::vector<std::string> redact;  // header fields that crash records do not show
  PoolPolicy policy;
  bool critical = false;  // without it the server is not ready
};

// Collects the exchanges of one read for one worker, so that they travel in one message. Sends what
// it holds when the worker changes, when told to, and at its end. On the connection's turn only.
class WorkBatch {
 public:
  WorkBatch() = default;
  WorkBatch(const WorkBatch&) = delete;
  WorkBatch& operator=(const WorkBatch&) = delete;
  ~WorkBatch() { Send(); }

  // For a worker on this reactor, which cannot die before the batch is sent.
  void Add(Worker& worker, Exchange& exchange);
  void Send();

 private:
  Worker* worker_ = nullptr;
  caf::mailbox_element_ptr work_;
};

// The connection's side. Called on the home reactor of the exchange.
class PoolHandle {
 public:
  // Places the exchange in a worker's batch (kNone), or in the queue (kNone, exchange.queued), or
  // says why not. On success the pool holds the handle: exchange.out.
  virtual telemetry::Cause Admit(Exchange& exchange, WorkBatch& batch) = 0;
  // One that its worker gave back without having begun it: it waits before all others, or says why
  // not.
  virtual telemetry::Cause Readmit(Exchange& exchange) = 0;
  // Nobody waits for it any more, or its time in the queue is over. True when it was still in the
  // queue: it is home again. Else its worker is told when `tell_worker` is set; it comes home by
  // itself.
  virtual bool Withdraw(Exchange& exchange, bool tell_worker) = 0;

 protected:
  ~PoolHandle() = default;
};

// The worker's side. Called on the worker's turns.
class WorkSource {
 public:
  // Whether a worker has to ask for work each time it is woken; else it is sent what it is to do.
  virtual bool pulled() const = 0;
  virtual void Join(Worker& worker) = 0;
  // No more work for it; it is still told what is withdrawn of what it has begun.
  virtual void Drain(Worker& worker) = 0;
  // It ends. Also from the supervisor's thread, for a worker of an executor that hangs.
  virtual void Leave(Worker& worker) = 0;
  // Says what the worker has ended, and answers what it is to do next.
  virtual ExchangeList Next(Worker& worker, const WorkTally& ended, Nanos now) = 0;

 protected:
  ~WorkSource() = default;
};

// How busy a pool is. A reading by another thread, that may be out of date.
struct PoolLoad {
  uint32_t in_flight = 0;  // with its workers
  uint32_t waiting = 0;    // in its queue
};

class Pool {
 public:
  // Makes an instance of the service to learn its routes. INVALID_ARGUMENT names the pool and what
  // is wrong.
  static absl::StatusOr<std::unique_ptr<Pool>> Make(PoolSpec spec, const ServiceEntry& entry);
  virtual ~Pool() = default;

  const PoolSpec& spec() const { return spec_; }
  const ServiceEntry& entry() const { return entry_; }
  // Maps what a request asks for to the number of the service's route.
  const http::Router& router() const { return router_; }
  // "GET /slow" of that route.
  const std::string& RouteName(uint32_t handler) const { return route_names_[handler]; }

  // Any thread. `reactor` is the caller's.
  virtual PoolHandle& HandleOn(int reactor) = 0;
  // Prepares a shard for each reactor. Before anything runs.
  virtual void Attach(const std::vector<Reactor*>& reactors) = 0;

  // Sends home what waits in queues, with that cause. Any thread; shards do it in a later turn.
  virtual void DropQueued(telemetry::Cause cause) = 0;
  // The same at once. After the reactors' loops have ended, before they are destroyed.
  virtual void Empty() = 0;

  // --- what the supervisor sets, and all read; any thread ---------------------------------------
  // Why nothing is admitted; kNone: the pool is open.
  telemetry::Cause closed() const { return closed_.load(std::memory_order_relaxed); }
  void Close(telemetry::Cause cause) { closed_.store(cause, std::memory_order_relaxed); }
  uint32_t in_flight_max() const { return in_flight_max_.load(std::memory_order_relaxed); }
  uint32_t workers_max() const { return workers_max_.load(std::memory_order_relaxed); }
  uint32_t queue_max() const { return queue_max_.load(std::memory_order_relaxed); }
  bool restart_on_throw() const { return restart_on_throw_.load(std::memory_order_relaxed); }
  void Apply(const PoolPolicy& policy);
  // How long what waits now will take, for Retry-After.
  Nanos clearing_time() const { return clearing_time_.load(std::memory_order_relaxed); }
  void set_clearing_time(Nanos time) { clearing_time_.store(time, std::memory_order_relaxed); }
  // When a handler that is begun now counts as hung.
  Nanos HangAt(const Exchange& exchange, Nanos now) const;

  // --- what they count; any thread --------------------------------------------------------------
  virtual PoolTally::Totals ReadTally(Nanos now) const = 0;
  virtual uint32_t waiting() const = 0;
  virtual uint32_t in_flight() const = 0;
  PoolLoad Load() const { return {in_flight(), waiting()}; }
  // Workers that have joined and not left; that were ever made; that have died.
  int workers_running() const { return workers_running_.load(std::memory_order_relaxed); }
  uint64_t workers_made() const { return last_worker_id_.load(std::memory_order_relaxed); }
  uint64_t workers_died() const { return workers_died_.load(std::memory_order_relaxed); }
  // Its workers have died too often.
  bool failed() const { return closed() == telemetry::Cause::kPoolFailed; }
  void CountRunning(int change) { workers_running_.fetch_add(change, std::memory_order_relaxed); }
  void NoteDeath() { workers_died_.fetch_add(1, std::memory_order_relaxed); }
  uint64_t NextWorkerId() { return 1 + last_worker_id_.fetch_add(1, std::memory_order_relaxed); }

  SupervisionCounts& supervision() { return supervision_; }
  const SupervisionCounts& supervision() const { return supervision_; }
  CrashLog& crashes() { return crashes_; }
  QuarantineGate& quarantine() { return quarantine_; }

 protected:
  Pool(PoolSpec spec, const ServiceEntry& entry, http::Router router,
       std::vector<std::string> route_names);

  // Why the exchange is not let in, whether there is room or not.
  telemetry::Cause Judge(const Exchange& exchange) {
    if (telemetry::Cause cause = closed(); cause != telemetry::Cause::kNone) return cause;
    return quarantine_.Judge(exchange);
  }

 private:
  const PoolSpec spec_;
  const ServiceEntry& entry_;
  const http::Router router_;
  const std::vector<std::string> route_names_;
  std::atomic<telemetry::Cause> closed_{telemetry::Cause::kNone};
  std::atomic<uint32_t> workers_max_;
  std::atomic<uint32_t> in_flight_max_;
  std::atomic<uint32_t> queue_max_;
  std::atomic<Nanos> hang_timeout_;
  std::atomic<bool> restart_on_throw_;
  std::atomic<Nanos> clearing_time_{0};
  std::atomic<uint64_t> last_worker_id_{0};
  std::atomic<int> workers_running_{0};
  std::atomic<uint64_t> workers_died_{0};
  SupervisionCounts supervision_;
  CrashLog crashes_;
  QuarantineGate quarantine_;
};

}  // namespace troupe
