// REACTOR pools: each reactor has workers and a queue of its own, and the way from connection to
// worker never leaves the thread. The bounds count the total. A request for which its own reactor
// has no room goes to one that has; a worker that runs dry asks for what waits elsewhere.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "runtime/actors/pool.h"

namespace troupe {

class ShardedPool;

// One reactor's part; its thread only, but for the two published numbers.
class PoolShard final : public PoolHandle, public WorkSource {
 public:
  PoolShard(ShardedPool& pool, Reactor& reactor) : pool_(pool), reactor_(reactor) {}

  telemetry::Cause Admit(Exchange& exchange, WorkBatch& batch) override;
  bool Withdraw(Exchange& exchange, bool tell_worker) override;
  void Join(Worker& worker) override;
  void Leave(Worker& worker) override;
  ExchangeList Finished(Worker& worker, uint32_t count) override;

  Reactor& reactor() { return reactor_; }
  // Any thread; a hint that may be out of date.
  uint32_t free_slots() const { return free_slots_.load(std::memory_order_relaxed); }
  uint32_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  // From another reactor, delivered on this one.
  void AdmitForwarded(ExchangeHandle exchange);
  // On this one: hands up to `count` of those that wait here to another shard.
  void GiveTo(PoolShard& idle, uint32_t count);
  // On this one, for an exchange of another reactor: drops it if it is in the queue, and tells the
  // workers if that is wanted.
  void WithdrawHere(const Exchange* exchange, uint64_t id, bool tell_worker);
  // After the reactors have ended.
  void DropQueued();

 private:
  Worker* LeastBusy();
  void AskOthers();
  void LookAgain();
  void Forward(ExchangeHandle exchange, PoolShard& to);
  void Enqueue(ExchangeHandle exchange);
  ExchangeHandle Dequeue();
  void CountDequeued();
  void PublishFree(int64_t change);

  ShardedPool& pool_;
  Reactor& reactor_;
  std::vector<Worker*> workers_;
  ExchangeList queue_;
  bool looking_again_ = false;
  // Written by this thread only, hence no read-modify-write.
  std::atomic<uint32_t> free_slots_{0};
  std::atomic<uint32_t> waiting_{0};
};

class ShardedPool final : public Pool {
 public:
  ShardedPool(PoolSpec spec, const ServiceEntry& entry, http::Router router)
      : Pool(std::move(spec), entry, std::move(router)) {}

  void Attach(const std::vector<Reactor*>& reactors) override;
  PoolHandle& HandleOn(int reactor) override { return *shards_[reactor]; }
  void DropQueued() override;
  PoolLoad Load() const override;
  PoolShard& shard(int reactor) { return *shards_[reactor]; }

  // Another shard that seems to have room, or one where requests wait; null when none.
  PoolShard* WithRoom(const PoolShard& besides);
  PoolShard* WithQueue(const PoolShard& besides);
  // The same on all other shards, wherever the exchange may be.
  void WithdrawElsewhere(const PoolShard& besides, const Exchange& exchange, bool tell_worker);
  // Requests waiting on all reactors.
  std::atomic<uint32_t>& waiting() { return waiting_; }

 private:
  std::vector<std::unique_ptr<PoolShard>> shards_;
  std::atomic<uint32_t> waiting_{0};
};

}  // namespace troupe
