#include "runtime/actors/sharded_pool.h"

#include <algorithm>

#include "runtime/actors/worker.h"
#include "runtime/reactor/reactor.h"

namespace troupe {
namespace {

// Carries an exchange to another reactor's shard.
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

}  // namespace

void ShardedPool::Attach(const std::vector<Reactor*>& reactors) {
  for (Reactor* reactor : reactors) shards_.push_back(std::make_unique<PoolShard>(*this, *reactor));
}

PoolLoad ShardedPool::Load() const {
  int64_t slots = int64_t{workers_running()} * spec().in_flight_max;
  for (const auto& shard : shards_) slots -= shard->free_slots();
  return {static_cast<uint32_t>(std::max<int64_t>(slots, 0)),
          waiting_.load(std::memory_order_relaxed)};
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

void ShardedPool::WithdrawElsewhere(const PoolShard& besides, const Exchange& exchange,
                                    bool tell_worker) {
  for (auto& shard : shards_) {
    if (shard.get() == &besides) continue;
    shard->reactor().Post([shard = shard.get(), exchange = &exchange, id = exchange.data.id,
                           tell_worker] { shard->WithdrawHere(exchange, id, tell_worker); });
  }
}

void ShardedPool::DropQueued() {
  for (auto& shard : shards_) shard->DropQueued();
}

telemetry::Cause PoolShard::Admit(Exchange& exchange, WorkBatch& batch) {
  if (Worker* worker = LeastBusy()) {
    ++worker->in_flight;
    PublishFree(-1);
    exchange.worker_id.store(worker->id(), std::memory_order_relaxed);
    exchange.out = true;
    batch.Add(*worker, exchange);
    return telemetry::Cause::kNone;
  }
  if (PoolShard* other = pool_.WithRoom(*this)) {
    exchange.out = true;
    exchange.queued = true;  // it may have to wait there
    Forward(ExchangeHandle(&exchange), *other);
    return telemetry::Cause::kNone;
  }
  if (pool_.waiting().load(std::memory_order_relaxed) >= pool_.spec().queue_max) {
    return workers_.empty() ? telemetry::Cause::kNoWorker : telemetry::Cause::kQueueFull;
  }
  exchange.out = true;
  exchange.queued = true;
  Enqueue(ExchangeHandle(&exchange));
  LookAgain();
  return telemetry::Cause::kNone;
}

bool PoolShard::Withdraw(Exchange& exchange, bool tell_worker) {
  if (ExchangeHandle mine = queue_.Remove(exchange)) {
    mine.release()->out = false;
    CountDequeued();
    return true;
  }
  if (tell_worker) exchange.cancelled.store(true, std::memory_order_relaxed);
  if (exchange.connection_reference) {  // it has been forwarded
    pool_.WithdrawElsewhere(*this, exchange, tell_worker);
  } else if (tell_worker) {
    WithdrawHere(&exchange, exchange.data.id, tell_worker);
  }
  return false;
}

void PoolShard::WithdrawHere(const Exchange* exchange, uint64_t id, bool tell_worker) {
  if (ExchangeHandle found = queue_.Remove(*exchange)) {
    if (found->data.id != id) {  // the slab's memory is reused: it is another request by now
      queue_.Push(std::move(found));
    } else {
      CountDequeued();
    }
  }
  if (!tell_worker) return;
  for (Worker* worker : workers_) worker->TellCancelled(exchange, id);
}

void PoolShard::Join(Worker& worker) {
  workers_.push_back(&worker);
  PublishFree(pool_.spec().in_flight_max);
  while (!queue_.empty() && LeastBusy() != nullptr) AdmitForwarded(Dequeue());
  AskOthers();
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
    exchange->worker_id.store(worker.id(), std::memory_order_relaxed);
    more.Push(std::move(exchange));
  }
  if (queue_.empty()) AskOthers();
  return more;
}

// What waits on another reactor may come here.
void PoolShard::AskOthers() {
  if (free_slots() == 0 || pool_.waiting().load(std::memory_order_relaxed) == 0) return;
  if (PoolShard* busy = pool_.WithQueue(*this)) {
    busy->reactor().Post([this, busy, count = free_slots()] { busy->GiveTo(*this, count); });
  }
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
  exchange->worker_id.store(worker->id(), std::memory_order_relaxed);
  WorkBatch batch;
  batch.Add(*worker, *exchange.release());
}

void PoolShard::GiveTo(PoolShard& idle, uint32_t count) {
  for (; count > 0 && !queue_.empty(); --count) Forward(Dequeue(), idle);
}

// A slot elsewhere may have become free while a request was queued here, unseen by either side:
// looks once more, in a later turn.
void PoolShard::LookAgain() {
  if (looking_again_) return;
  looking_again_ = true;
  reactor_.Post([this] {
    looking_again_ = false;
    if (PoolShard* other = pool_.WithRoom(*this)) GiveTo(*other, other->free_slots());
  });
}

Worker* PoolShard::LeastBusy() {
  Worker* best = nullptr;
  for (Worker* worker : workers_) {
    if (worker->in_flight >= pool_.spec().in_flight_max) continue;
    if (best == nullptr || worker->in_flight < best->in_flight) best = worker;
  }
  return best;
}

// A request whose client has gone meanwhile goes home instead.
void PoolShard::Forward(ExchangeHandle exchange, PoolShard& to) {
  if (&exchange->home() == &reactor_) {
    if (exchange->connection == nullptr) return;
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
  CountDequeued();
  return exchange;
}

void PoolShard::CountDequeued() {
  pool_.waiting().fetch_sub(1, std::memory_order_relaxed);
  waiting_.store(static_cast<uint32_t>(queue_.size()), std::memory_order_relaxed);
}

void PoolShard::DropQueued() {
  while (!queue_.empty()) Dequeue();
}

void PoolShard::PublishFree(int64_t change) {
  int64_t now = static_cast<int64_t>(free_slots_.load(std::memory_order_relaxed)) + change;
  free_slots_.store(static_cast<uint32_t>(std::max<int64_t>(now, 0)), std::memory_order_relaxed);
}

}  // namespace troupe
