#include "runtime/actors/queued_pool.h"

#include <algorithm>

#include "runtime/actors/worker.h"

namespace troupe {

telemetry::Cause QueuedPool::Admit(Exchange& exchange, WorkBatch& batch) {
  // The answer comes from another thread: it must find the connection's actor alive.
  if (!exchange.connection_reference) exchange.connection_reference = exchange.connection->ctrl();
  ActorRef<Worker> worker;
  {
    std::lock_guard lock(mutex_);
    if (Worker* free = LeastBusy()) {
      ++free->in_flight;
      PublishLoad(1);
      exchange.worker_id.store(free->id(), std::memory_order_relaxed);
      worker = ActorRef<Worker>(*free);
    } else if (queue_.size() < spec().queue_max) {
      exchange.out = true;
      exchange.queued = true;
      queue_.Push(ExchangeHandle(&exchange));
      PublishLoad(0);
      return telemetry::Cause::kNone;
    } else {
      return workers_.empty() ? telemetry::Cause::kNoWorker : telemetry::Cause::kQueueFull;
    }
  }
  exchange.out = true;
  batch.Add(worker, exchange);
  return telemetry::Cause::kNone;
}

bool QueuedPool::Withdraw(Exchange& exchange, bool tell_worker) {
  ActorRef<Worker> worker;
  {
    std::lock_guard lock(mutex_);
    if (ExchangeHandle mine = queue_.Remove(exchange)) {
      mine.release()->out = false;
      PublishLoad(0);
      return true;
    }
    if (!tell_worker) return false;
    exchange.cancelled.store(true, std::memory_order_relaxed);
    auto at = std::find_if(workers_.begin(), workers_.end(),
                           [&](Worker* each) { return each->id() == exchange.worker_id.load(); });
    if (at != workers_.end()) worker = ActorRef<Worker>(**at);
  }
  if (worker) worker->TellCancelled(&exchange, exchange.data.id);
  return false;
}

void QueuedPool::Join(Worker& worker) {
  ExchangeList more;
  {
    std::lock_guard lock(mutex_);
    workers_.push_back(&worker);
    more = TakeFor(worker);
  }
  worker.TakeUp(std::move(more));
}

void QueuedPool::Leave(Worker& worker) {
  std::lock_guard lock(mutex_);
  if (std::erase(workers_, &worker) > 0) PublishLoad(-int64_t{worker.in_flight});
}

ExchangeList QueuedPool::Finished(Worker& worker, uint32_t count) {
  std::lock_guard lock(mutex_);
  worker.in_flight -= count;
  bool member = std::find(workers_.begin(), workers_.end(), &worker) != workers_.end();
  if (!member) return {};
  PublishLoad(-int64_t{count});
  return TakeFor(worker);
}

void QueuedPool::DropQueued() {
  std::lock_guard lock(mutex_);
  queue_.Clear();
}

Worker* QueuedPool::LeastBusy() {
  Worker* best = nullptr;
  for (Worker* worker : workers_) {
    if (worker->in_flight >= spec().in_flight_max) continue;
    if (best == nullptr || worker->in_flight < best->in_flight) best = worker;
  }
  return best;
}

ExchangeList QueuedPool::TakeFor(Worker& worker) {
  ExchangeList taken;
  while (!queue_.empty() && worker.in_flight < spec().in_flight_max) {
    ++worker.in_flight;
    ExchangeHandle exchange = queue_.Pop();
    exchange->worker_id.store(worker.id(), std::memory_order_relaxed);
    taken.Push(std::move(exchange));
  }
  PublishLoad(static_cast<int64_t>(taken.size()));
  return taken;
}

void QueuedPool::PublishLoad(int64_t in_flight_change) {
  in_flight_.store(
      static_cast<uint32_t>(in_flight_.load(std::memory_order_relaxed) + in_flight_change),
      std::memory_order_relaxed);
  waiting_.store(static_cast<uint32_t>(queue_.size()), std::memory_order_relaxed);
}

}  // namespace troupe
