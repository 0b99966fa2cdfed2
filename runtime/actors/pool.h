// A pool: the workers of one service under one policy, and the bounded queue in front of them.
// Connections see it through a PoolHandle, workers through a WorkSource; both are one object, a
// shard per reactor for REACTOR pools and one locked queue for the others.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/actors/lean_actor.h"
#include "runtime/async/service_entry.h"
#include "runtime/http/router.h"
#include "runtime/reactor/exchange.h"

namespace troupe {

class Worker;

enum class Placement : uint8_t { kReactor, kShared, kDedicated };
std::string_view PlacementName(Placement placement);

struct PoolSpec {
  std::string name;
  std::string service;
  ServiceOptions::Values options;
  Placement placement = Placement::kReactor;
  uint32_t workers = 1;        // in all; REACTOR: a multiple of the reactors
  uint32_t in_flight_max = 1;  // per worker
  uint32_t queue_max = 0;      // in all
  Nanos queue_timeout = 0;
  Nanos request_timeout = 0;
  Nanos backoff_min = 0;
  Nanos backoff_max = 0;
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
  // For one on another thread.
  void Add(const ActorRef<Worker>& worker, Exchange& exchange);
  void Send();

 private:
  Worker* worker_ = nullptr;
  ActorRef<Worker> reference_;
  caf::mailbox_element_ptr work_;
};

// The connection's side. Called on the home reactor of the exchange.
class PoolHandle {
 public:
  // Places the exchange in a worker's batch (kNone), or in the queue (kNone, exchange.queued), or
  // says why not. On success the pool holds the handle: exchange.out.
  virtual telemetry::Cause Admit(Exchange& exchange, WorkBatch& batch) = 0;
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
  virtual void Join(Worker& worker) = 0;
  virtual void Leave(Worker& worker) = 0;
  // `count` exchanges of the worker have ended; answers what it is to do next.
  virtual ExchangeList Finished(Worker& worker, uint32_t count) = 0;

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

  // Any thread. `reactor` is the caller's.
  virtual PoolHandle& HandleOn(int reactor) = 0;
  // Prepares a shard for each reactor. Before anything runs.
  virtual void Attach(const std::vector<Reactor*>& reactors) = 0;

  // Sends home what still waits in queues. After the reactors' loops have ended, before they are
  // destroyed.
  virtual void DropQueued() = 0;

  // Any thread; takes no lock.
  virtual PoolLoad Load() const = 0;

  // Workers that have joined and not left; that were ever made; that have died. Any thread.
  int workers_running() const { return workers_running_.load(std::memory_order_relaxed); }
  uint64_t workers_made() const { return last_worker_id_.load(std::memory_order_relaxed); }
  uint64_t workers_died() const { return workers_died_.load(std::memory_order_relaxed); }
  bool workers_failed() const { return workers_died() > 0; }
  // No worker runs, and that is not because none has started yet. Any thread.
  bool failed() const { return workers_failed() && workers_running() <= 0; }
  void CountRunning(int change) { workers_running_.fetch_add(change, std::memory_order_relaxed); }
  void NoteFailure() { workers_died_.fetch_add(1, std::memory_order_relaxed); }

  uint64_t NextWorkerId() { return 1 + last_worker_id_.fetch_add(1, std::memory_order_relaxed); }

 protected:
  Pool(PoolSpec spec, const ServiceEntry& entry, http::Router router)
      : spec_(std::move(spec)), entry_(entry), router_(std::move(router)) {}

 private:
  const PoolSpec spec_;
  const ServiceEntry& entry_;
  const http::Router router_;
  std::atomic<uint64_t> last_worker_id_{0};
  std::atomic<int> workers_running_{0};
  std::atomic<uint64_t> workers_died_{0};
};

}  // namespace troupe
