#include "runtime/actors/sharded_pool.h"

#include <algorithm>

#include "runtime/actors/worker.h"
#include "runtime/reactor/reactor.h"

namespace troupe {
namespace {

// Carries an exchange, or the wish for one, to another reactor's shard.
class Forwarded final : public InboxNode {
 public:
  Forwarded(PoolShard& to, ExchangeHandle exchange) : to_(to), exchange_(std::move(exchange)) {}
  void Deliver(Reactor&) override {
    to_.AdmitForwarded(std::move(exchange_));
    delete this;
  }

 private:
  PoolShard& to_;
  ExchangeHandle exchange_;
};

class Wish final : public InboxNode {
 public:
  Wish(PoolShard& from, PoolShard& to) : from_(from), to_(to) {}
  void Deliver(Reactor&) override {
    from_.GiveTo(to_);
    delete this;
  }

 private:
  PoolShard& from_;
  PoolShard& to_;
};

}  // namespace

void ShardedPool::Attach(const std::vector<Reactor*>& reactors) {
  for (Reactor* reactor : reactors) shards_.push_back(std::make_unique<PoolShard>(*this, *reactor));
}

PoolShard* ShardedPool::WithRoom(const PoolShard& besides) {
  for (auto& shard : shards_) {
    if (shard.get() != &besides && shard->free_slots() > 0) return shard.get();
  }
  return nullptr;
}

PoolShard* ShardedPool::WithQueue(const PoolShard& besides) {
  for (auto& shard : shards_) {
    if (shard.get() != &besides && shard->waiting() > 0) return shard.get();
  }
  return nullptr;
}

telemetry::Cause PoolShard::Admit(Exchange& exchange, WorkBatch& batch) {
  if (Worker* worker = LeastBusy()) {
    ++worker->in_flight;
    PublishFree(-1);
    exchange.worker_id = worker->id();
    batch.Add(*worker, exchange);
    return telemetry::Cause::kNone;
  }
  if (PoolShard* other = pool_.WithRoom(*this)) {
    exchange.out = true;
    Forward(ExchangeHandle(&exchange), *other);
    return telemetry::Cause::kNone;
  }
  if (pool_.waiting().load(std::memory_order_relaxed) >= pool_.spec().queue_max) {
    return workers_.empty() ? telemetry::Cause::kNoWorker : telemetry::Cause::kQueueFull;
  }
  exchange.out = true;
  exchange.queued = true;
  Enqueue(ExchangeHandle(&exchange));
  return telemetry::Cause::kNone;
}

bool PoolShard::Withdraw(Exchange& exchange, bool tell_worker) {
  if (ExchangeHandle mine = queue_.Remove(exchange)) {
    mine.release()->out = false;
    pool_.waiting().fetch_sub(1, std::memory_order_relaxed);
    waiting_.store(static_cast<uint32_t>(queue_.size()), std::memory_order_relaxed);
    return true;
  }
  if (!tell_worker) return false;
  exchange.cancelled.store(true, std::memory_order_relaxed);
  for (Worker* worker : workers_) {
    if (worker->id() == exchange.worker_id) worker->TellCancelled(exchange);
  }
  return false;
}

void PoolShard::Join(Worker& worker) {
  workers_.push_back(&worker);
  PublishFree(pool_.spec().in_flight_max);
  while (worker.in_flight < pool_.spec().in_flight_max && !queue_.empty()) {
    AdmitForwarded(Dequeue());
  }
}

void PoolShard::Leave(Worker& worker) {
  auto at = std::find(workers_.begin(), workers_.end(), &worker);
  if (at == workers_.end()) return;
  workers_.erase(at);
  PublishFree(-static_cast<int64_t>(pool_.spec().in_flight_max -
                                    std::min(worker.in_flight, pool_.spec().in_flight_max)));
}

ExchangeList PoolShard::Finished(Worker& worker, uint32_t count) {
  worker.in_flight -= count;
  ExchangeList more;
  bool member = std::find(workers_.begin(), workers_.end(), &worker) != workers_.end();
  if (!member) return more;
  PublishFree(count);
  while (!queue_.empty() && worker.in_flight < pool_.spec().in_flight_max) {
    ++worker.in_flight;
    PublishFree(-1);
    ExchangeHandle exchange = Dequeue();
    exchange->worker_id = worker.id();
    more.Push(std::move(exchange));
  }
  if (more.empty() && pool_.waiting().load(std::memory_order_relaxed) > 0) {
    if (PoolShard* busy = pool_.WithQueue(*this)) busy->reactor().Push(*new Wish(*busy, *this));
  }
  return more;
}

void PoolShard::AdmitForwarded(ExchangeHandle exchange) {
  Worker* worker = LeastBusy();
  if (worker == nullptr) {
    // The room was taken meanwhile. It waits here, beyond the bound if need be: it was admitted.
    Enqueue(std::move(exchange));
    return;
  }
  ++worker->in_flight;
  PublishFree(-1);
  exchange->worker_id = worker->id();
  WorkBatch batch;
  batch.Add(*worker, *exchange.release());
}

void PoolShard::GiveTo(PoolShard& idle) {
  if (!queue_.empty()) Forward(Dequeue(), idle);
}

Worker* PoolShard::LeastBusy() {
  Worker* best = nullptr;
  for (Worker* worker : workers_) {
    if (worker->in_flight >= pool_.spec().in_flight_max) continue;
    if (best == nullptr || worker->in_flight < best->in_flight) best = worker;
  }
  return best;
}

void PoolShard::Forward(ExchangeHandle exchange, PoolShard& to) {
  if (&exchange->home() == &reactor_ && !exchange->connection_reference) {
    exchange->connection_reference = exchange->connection->ctrl();
  }
  to.reactor().Push(*new Forwarded(to, std::move(exchange)));
}

void PoolShard::Enqueue(ExchangeHandle exchange) {
  queue_.Push(std::move(exchange));
  pool_.waiting().fetch_add(1, std::memory_order_relaxed);
  waiting_.store(static_cast<uint32_t>(queue_.size()), std::memory_order_relaxed);
}

ExchangeHandle PoolShard::Dequeue() {
  ExchangeHandle exchange = queue_.Pop();
  pool_.waiting().fetch_sub(1, std::memory_order_relaxed);
  waiting_.store(static_cast<uint32_t>(queue_.size()), std::memory_order_relaxed);
  return exchange;
}

void PoolShard::PublishFree(int64_t change) {
  int64_t now = static_cast<int64_t>(free_slots_.load(std::memory_order_relaxed)) + change;
  free_slots_.store(static_cast<uint32_t>(std::max<int64_t>(now, 0)), std::memory_order_relaxed);
}

}  // namespace troupe
