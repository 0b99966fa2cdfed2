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
  for (Reactor* reactor : reactors) {
    shards_.push_back(std::make_unique<PoolShard>(*this, *reactor, reactors.size()));
  }
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

void ShardedPool::DropQueued(telemetry::Cause cause) {
  for (auto& shard : shards_) {
    shard->reactor().Post([shard = shard.get(), cause] { shard->DropQueued(cause); });
  }
}

void ShardedPool::Empty() {
  for (auto& shard : shards_) shard->DropQueued(telemetry::Cause::kNotBegun);
}

PoolTally::Totals ShardedPool::ReadTally(Nanos now) const {
  PoolTally::Totals totals;
  for (auto& shard : shards_) totals += shard->tally().Read(now);
  return totals;
}

uint32_t ShardedPool::in_flight() const {
  uint32_t sum = 0;
  for (auto& shard : shards_) sum += shard->in_flight();
  return sum;
}

PoolShard::PoolShard(ShardedPool& pool, Reactor& reactor, size_t shards)
    : pool_(pool), reactor_(reactor), queue_(pool.spec().admission.order) {
  if (!pool.spec().admission.adaptive) return;
  // Each shard sees its own reactor's part of the load.
  policy::AdaptiveLimitPolicy part = *pool.spec().admission.adaptive;
  int count = static_cast<int>(shards);
  part.floor = std::max(1, part.floor / count);
  part.ceiling = std::max(part.floor, (part.ceiling + count - 1) / count);
  part.initial = std::clamp(part.initial / count, part.floor, part.ceiling);
  limit_.emplace(part, reactor.now());
}

telemetry::Cause PoolShard::Admit(Exchange& exchange, WorkBatch& batch) {
  if (telemetry::Cause cause = pool_.JudgeFor(exchange); cause != telemetry::Cause::kNone) {
    return cause;
  }
  tally_.Arrived();
  if (limit_ && exchange.priority != Priority::kCritical &&
      in_flight() + queue_.size() >= static_cast<size_t>(limit_->limit())) {
    tally_.Shed();
    return telemetry::Cause::kOverLimit;
  }
  if (Worker* worker = LeastBusy()) {
    Place(*worker, exchange);
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
  if (telemetry::Cause cause = MakeRoom(exchange); cause != telemetry::Cause::kNone) {
    tally_.Shed();
    return cause;
  }
  exchange.out = true;
  exchange.queued = true;
  Enqueue(ExchangeHandle(&exchange));
  LookAgain();
  return telemetry::Cause::kNone;
}

telemetry::Cause PoolShard::MakeRoom(const Exchange& exchange) {
  if (pool_.waiting() < pool_.queue_max()) return telemetry::Cause::kNone;
  if (ExchangeHandle lower = queue_.TakeLowerThan(exchange.priority)) {
    CountDequeued();
    lower->failure = telemetry::Cause::kQueueFull;
    tally_.Shed();
    return telemetry::Cause::kNone;
  }
  return workers_.empty() ? telemetry::Cause::kNoWorker : telemetry::Cause::kQueueFull;
}

telemetry::Cause PoolShard::Readmit(Exchange& exchange) {
  if (pool_.closed() != telemetry::Cause::kNone) return pool_.closed();
  exchange.out = true;
  exchange.queued = true;
  if (Worker* worker = LeastBusy()) {
    Send(*worker, ExchangeHandle(&exchange));
  } else {
    queue_.PushFront(ExchangeHandle(&exchange));
    pool_.CountWaiting(1);
    waiting_.store(static_cast<uint32_t>(queue_.size()), std::memory_order_relaxed);
    LookAgain();
  }
  return telemetry::Cause::kNone;
}

bool PoolShard::Withdraw(Exchange& exchange, bool tell_worker) {
  if (ExchangeHandle mine = queue_.Remove(exchange)) {
    mine.release()->out = false;
    CountDequeued();
    return true;
  }
  if (tell_worker) exchange.cancelled.store(true, std::memory_order_relaxed);
  if (tell_worker) WithdrawHere(&exchange, exchange.data.id, tell_worker);
  // It has been forwarded, though it may have come back.
  if (exchange.connection_reference) pool_.WithdrawElsewhere(*this, exchange, tell_worker);
  return false;
}

void PoolShard::WithdrawHere(const Exchange* exchange, uint64_t id, bool tell_worker) {
  // What waits here exists; but the slab's memory is reused, so it may be another request by now.
  if (queue_.Holds(exchange) && exchange->data.id == id) {
    ExchangeHandle withdrawn = queue_.Remove(*const_cast<Exchange*>(exchange));
    withdrawn->failure = telemetry::Cause::kQueueTimeout;  // if anybody still wants to know
    CountDequeued();
  }
  if (!tell_worker) return;
  for (Worker* worker : workers_) worker->TellCancelled(exchange, id);
  for (Worker* worker : draining_) worker->TellCancelled(exchange, id);
}

void PoolShard::Join(Worker& worker) {
  pool_.CountRunning(1);
  workers_.push_back(&worker);
  CountInFlight(0);
  while (!queue_.empty()) {
    Worker* free = LeastBusy();
    if (free == nullptr) break;
    Send(*free, Dequeue());
  }
  AskOthers();
}

void PoolShard::Drain(Worker& worker) {
  draining_.push_back(&worker);
  Dismiss(worker);
}

void PoolShard::Leave(Worker& worker) {
  size_t members = workers_.size() + draining_.size();
  std::erase(draining_, &worker);
  Dismiss(worker);
  if (workers_.size() + draining_.size() < members) pool_.CountRunning(-1);
}

void PoolShard::Dismiss(Worker& worker) {
  if (std::erase(workers_, &worker) > 0) CountInFlight(-static_cast<int64_t>(worker.in_flight));
}

ExchangeList PoolShard::Next(Worker& worker, const WorkTally& ended, Nanos now) {
  ExchangeList more;
  tally_.Ended(ended);
  if (limit_ && ended.count > 0) {
    limit_->OnSample(now, ended.time_in_pool / ended.count, static_cast<int>(in_flight()),
                     ended.timed_out > 0);
  }
  bool member = std::find(workers_.begin(), workers_.end(), &worker) != workers_.end();
  uint32_t count = ended.count + ended.dropped;
  worker.in_flight -= count;
  if (!member) return more;
  CountInFlight(-static_cast<int64_t>(count));
  while (!queue_.empty() && worker.in_flight < pool_.in_flight_max()) {
    ExchangeHandle exchange = Dequeue();
    Place(worker, *exchange);
    more.Push(std::move(exchange));
  }
  if (queue_.empty()) AskOthers();
  return more;
}

void PoolShard::Place(Worker& worker, Exchange& exchange) {
  ++worker.in_flight;
  CountInFlight(1);
  exchange.worker_id.store(worker.id(), std::memory_order_relaxed);
}

void PoolShard::Send(Worker& worker, ExchangeHandle exchange) {
  Place(worker, *exchange);
  WorkBatch batch;
  batch.Add(worker, *exchange.release());
}

// What waits on another reactor may come here.
void PoolShard::AskOthers() {
  if (free_slots() == 0 || pool_.waiting() == 0) return;
  if (PoolShard* busy = pool_.WithQueue(*this)) {
    busy->reactor().Post([this, busy, count = free_slots()] { busy->GiveTo(*this, count); });
  }
}

void PoolShard::AdmitForwarded(ExchangeHandle exchange) {
  if (telemetry::Cause cause = pool_.closed(); cause != telemetry::Cause::kNone) {
    exchange->failure = cause;  // and home it goes
    return;
  }
  Worker* worker = LeastBusy();
  if (worker == nullptr) {
    // The room was taken meanwhile. It waits here, beyond the bound if need be: it was admitted.
    Enqueue(std::move(exchange));
    LookAgain();
    return;
  }
  Send(*worker, std::move(exchange));
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
    if (worker->in_flight >= pool_.in_flight_max()) continue;
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
  pool_.CountWaiting(1);
  waiting_.store(static_cast<uint32_t>(queue_.size()), std::memory_order_relaxed);
}

ExchangeHandle PoolShard::Dequeue() {
  ExchangeHandle exchange = queue_.Pop(reactor_.now());
  CountDequeued();
  tally_.Waited(reactor_.now() - exchange->admitted_at);
  return exchange;
}

void PoolShard::CountDequeued() {
  pool_.CountWaiting(-1);
  waiting_.store(static_cast<uint32_t>(queue_.size()), std::memory_order_relaxed);
}

void PoolShard::DropQueued(telemetry::Cause cause) {
  pool_.CountWaiting(-static_cast<int>(queue_.size()));
  queue_.Clear(cause);
  waiting_.store(0, std::memory_order_relaxed);
}

// Of the members; what they have room for follows from it.
void PoolShard::CountInFlight(int64_t change) {
  auto now = static_cast<uint32_t>(static_cast<int64_t>(in_flight()) + change);
  uint32_t capacity = static_cast<uint32_t>(workers_.size()) * pool_.in_flight_max();
  in_flight_.store(now, std::memory_order_relaxed);
  tally_.Occupied(now, reactor_.now());
  free_slots_.store(capacity > now ? capacity - now : 0, std::memory_order_relaxed);
}

}  // namespace troupe
