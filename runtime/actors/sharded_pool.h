// REACTOR pools: each reactor has workers and a queue of its own, and the way from connection to
// worker never leaves the thread. The bounds count the total. A request for which its own reactor
// has no room goes to one that has; a worker that runs dry asks for what waits elsewhere.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/actors/pool.h"

namespace troupe {

class ShardedPool;

// One reactor's part; its thread only, but for the two published numbers.
class PoolShard final : public PoolHandle, public WorkSource {
 public:
  PoolShard(ShardedPool& pool, Reactor& reactor, size_t shards);

  telemetry::Cause Admit(Exchange& exchange, WorkBatch& batch) override;
  telemetry::Cause Readmit(Exchange& exchange) override;
  bool Withdraw(Exchange& exchange, bool tell_worker) override;
  bool pulled() const override { return false; }
  void Join(Worker& worker) override;
  void Drain(Worker& worker) override;
  void Leave(Worker& worker) override;
  ExchangeList Next(Worker& worker, const WorkTally& ended, Nanos now) override;

  Reactor& reactor() { return reactor_; }
  // Any thread; a hint that may be out of date.
  uint32_t free_slots() const { return free_slots_.load(std::memory_order_relaxed); }
  uint32_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  uint32_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }
  const PoolTally& tally() const { return tally_; }
  // From another reactor, delivered on this one.
  void AdmitForwarded(ExchangeHandle exchange);
  // On this one: hands up to `count` of those that wait here to another shard.
  void GiveTo(PoolShard& idle, uint32_t count);
  // On this one, for an exchange of another reactor: drops it if it is in the queue, and tells the
  // workers if that is wanted.
  void WithdrawHere(const Exchange* exchange, uint64_t id, bool tell_worker);
  void DropQueued(telemetry::Cause cause);

 private:
  Worker* LeastBusy();
  telemetry::Cause MakeRoom(const Exchange& exchange);
  void Place(Worker& worker, Exchange& exchange);
  void Send(Worker& worker, ExchangeHandle exchange);
  void AskOthers();
  void LookAgain();
  void Forward(ExchangeHandle exchange, PoolShard& to);
  void Enqueue(ExchangeHandle exchange);
  ExchangeHandle Dequeue();
  void CountDequeued();
  void Dismiss(Worker& worker);
  void CountInFlight(int64_t change);

  ShardedPool& pool_;
  Reactor& reactor_;
  std::vector<Worker*> workers_;   // the members
  std::vector<Worker*> draining_;  // get no more work
  AdmissionQueue queue_;
  std::optional<policy::AdaptiveLimit> limit_;  // this shard's part
  PoolTally tally_;
  bool looking_again_ = false;
  // Written by this thread only, hence no read-modify-write.
  std::atomic<uint32_t> in_flight_{0};
  std::atomic<uint32_t> free_slots_{0};
  std::atomic<uint32_t> waiting_{0};
};

class ShardedPool final : public Pool {
 public:
  ShardedPool(PoolSpec spec, const ServiceEntry& entry, http::Router router,
              std::vector<std::string> route_names)
      : Pool(std::move(spec), entry, std::move(router), std::move(route_names)) {}

  void Attach(const std::vector<Reactor*>& reactors) override;
  PoolHandle& HandleOn(int reactor) override { return *shards_[reactor]; }
  void DropQueued(telemetry::Cause cause) override;
  void Empty() override;
  PoolTally::Totals ReadTally(Nanos now) const override;
  uint32_t waiting() const override { return waiting_.load(std::memory_order_relaxed); }
  uint32_t in_flight() const override;
  PoolShard& shard(int reactor) { return *shards_[reactor]; }

  // Another shard that seems to have room, or one where requests wait; null when none.
  PoolShard* WithRoom(const PoolShard& besides);
  PoolShard* WithQueue(const PoolShard& besides);
  // The same on all other shards, wherever the exchange may be.
  void WithdrawElsewhere(const PoolShard& besides, const Exchange& exchange, bool tell_worker);
  // Requests waiting on all reactors.
  void CountWaiting(int change) { waiting_.fetch_add(change, std::memory_order_relaxed); }
  // What one more request finds here before it.
  telemetry::Cause JudgeFor(const Exchange& exchange) { return Judge(exchange); }

 private:
  std::vector<std::unique_ptr<PoolShard>> shards_;
  std::atomic<uint32_t> waiting_{0};
};

}  // namespace troupe
