#include "runtime/actors/queued_pool.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "runtime/actors/worker.h"

namespace troupe {

using telemetry::Cause;

QueuedPool::QueuedPool(PoolSpec spec, const ServiceEntry& entry, http::Router router,
                       std::vector<std::string> route_names)
    : Pool(std::move(spec), entry, std::move(router), std::move(route_names)),
      queue_(this->spec().admission.order) {
  if (this->spec().admission.adaptive) {
    limit_.emplace(*this->spec().admission.adaptive, Clock::System().Steady());
  }
}

Cause QueuedPool::Admit(Exchange& exchange, WorkBatch&) {
  if (Cause cause = Judge(exchange); cause != Cause::kNone) return cause;
  // The answer comes from another thread: it must find the connection's actor alive.
  if (!exchange.connection_reference) exchange.connection_reference = exchange.connection->ctrl();
  ActorRef<Worker> worker;
  ExchangeHandle displaced;
  {
    std::lock_guard lock(mutex_);
    tally_.Arrived();
    if (Cause cause = MakeRoom(exchange, &displaced); cause != Cause::kNone) {
      tally_.Shed();
      return cause;
    }
    exchange.out = true;
    exchange.queued = true;
    queue_.Push(ExchangeHandle(&exchange));
    worker = Unpark();
  }
  if (worker) worker->unit().Wake(*worker);
  return Cause::kNone;
}

Cause QueuedPool::Readmit(Exchange& exchange) {
  ActorRef<Worker> worker;
  {
    std::lock_guard lock(mutex_);
    if (Cause cause = closed(); cause != Cause::kNone) return cause;
    exchange.out = true;
    exchange.queued = true;
    queue_.PushFront(ExchangeHandle(&exchange));
    worker = Unpark();
  }
  if (worker) worker->unit().Wake(*worker);
  return Cause::kNone;
}

// Room is what the workers can begin at once, and the queue behind it. What is critical finds room
// in a queue full of others, as long as it does not fill one by itself.
Cause QueuedPool::MakeRoom(const Exchange& exchange, ExchangeHandle* displaced) {
  // Once more, under the lock: what comes in behind DropQueued would wait in vain.
  if (Cause cause = closed(); cause != Cause::kNone) return cause;
  size_t waiting = queue_.size();
  if (limit_ && exchange.priority != Priority::kCritical &&
      in_flight_ + waiting >= static_cast<size_t>(limit_->limit())) {
    return Cause::kOverLimit;
  }
  size_t capacity = workers_.size() * in_flight_max();
  size_t room = queue_max() + (capacity > in_flight_ ? capacity - in_flight_ : 0);
  if (waiting < room) return Cause::kNone;
  if (queue_max() > 0) {
    if (ExchangeHandle lower = queue_.TakeLowerThan(exchange.priority)) {
      lower->failure = Cause::kQueueFull;
      *displaced = std::move(lower);
      tally_.Shed();
      return Cause::kNone;
    }
  }
  return workers_.empty() ? Cause::kNoWorker : Cause::kQueueFull;
}

bool QueuedPool::Withdraw(Exchange& exchange, bool tell_worker) {
  ActorRef<Worker> worker;
  {
    std::lock_guard lock(mutex_);
    if (ExchangeHandle mine = queue_.Remove(exchange)) {
      mine.release()->out = false;
      return true;
    }
    if (!tell_worker) return false;
    exchange.cancelled.store(true, std::memory_order_relaxed);
    for (const auto& workers : {std::cref(workers_), std::cref(draining_)}) {
      for (Worker* each : workers.get()) {
        if (each->id() == exchange.worker_id.load()) worker = ActorRef<Worker>(*each);
      }
    }
  }
  if (worker) worker->TellCancelled(&exchange, exchange.data.id);
  return false;
}

void QueuedPool::Join(Worker& worker) {
  std::lock_guard lock(mutex_);
  CountRunning(1);
  workers_.push_back(&worker);  // and asks for work at the end of its turn
}

void QueuedPool::Drain(Worker& worker) {
  ActorRef<Worker> other;
  {
    std::lock_guard lock(mutex_);
    draining_.push_back(&worker);
    other = Dismiss(worker);
  }
  if (other) other->unit().Wake(*other);
}

void QueuedPool::Leave(Worker& worker) {
  ActorRef<Worker> other;
  {
    std::lock_guard lock(mutex_);
    bool drained = std::erase(draining_, &worker) > 0;
    if (drained || IsMember(worker)) CountRunning(-1);
    other = Dismiss(worker);
  }
  if (other) other->unit().Wake(*other);
}

// Answers who is to be woken instead: it may have been woken for what waits.
ActorRef<Worker> QueuedPool::Dismiss(Worker& worker) {
  if (std::erase(workers_, &worker) == 0) return {};
  std::erase(parked_, &worker);
  in_flight_ -= worker.in_flight;
  tally_.Occupied(in_flight_, Clock::System().Steady());
  return queue_.empty() ? ActorRef<Worker>() : Unpark();
}

ExchangeList QueuedPool::Next(Worker& worker, const WorkTally& ended, Nanos now) {
  ExchangeList next;
  ActorRef<Worker> other;
  {
    std::lock_guard lock(mutex_);
    tally_.Ended(ended);
    if (!IsMember(worker)) return next;
    Take(worker, ended, now);
    if (ExchangeHandle exchange = PopFor(worker, now)) {
      next.Push(std::move(exchange));
      // Whoever was woken may have found nothing, for this one was faster.
      if (!queue_.empty()) other = Unpark();
    } else if (worker.in_flight < in_flight_max() && !worker.parked) {
      worker.parked = true;
      parked_.push_back(&worker);
    }
  }
  if (other) other->unit().Wake(*other);
  return next;
}

bool QueuedPool::IsMember(const Worker& worker) const {
  return std::find(workers_.begin(), workers_.end(), &worker) != workers_.end();
}

void QueuedPool::Take(Worker& worker, const WorkTally& ended, Nanos now) {
  if (!ended.any()) return;
  worker.in_flight -= ended.count + ended.dropped;
  in_flight_ -= ended.count + ended.dropped;
  tally_.Occupied(in_flight_, now);
  if (ended.count == 0) return;
  if (limit_) {
    limit_->OnSample(now, ended.time_in_pool / ended.count,
                     static_cast<int>(in_flight_ + queue_.size()), ended.timed_out > 0);
  }
  feasibility_.OnServed(ended.service_time / ended.count);
}

// The next request that is worth beginning, when the worker has room for one.
ExchangeHandle QueuedPool::PopFor(Worker& worker, Nanos now) {
  while (worker.in_flight < in_flight_max()) {
    ExchangeHandle exchange = queue_.Pop(now);
    if (!exchange) return exchange;
    tally_.Waited(now - exchange->admitted_at);
    if (spec().admission.skip_hopeless && !feasibility_.Feasible(now, exchange->deadline)) {
      exchange->failure = Cause::kHopeless;  // and home it goes
      tally_.Shed();
      continue;
    }
    if (worker.parked) {
      worker.parked = false;
      std::erase(parked_, &worker);
    }
    ++worker.in_flight;
    ++in_flight_;
    tally_.Occupied(in_flight_, now);
    exchange->worker_id.store(worker.id(), std::memory_order_relaxed);
    return exchange;
  }
  return {};
}

// The worker with the least to do, of those that asked for more; one whose thread is busy, with a
// handler that has waited, only when there is no other. Among equals the one that parked last, so
// that the others may be scaled away.
ActorRef<Worker> QueuedPool::Unpark() {
  if (parked_.empty()) return {};
  auto rank = [](const Worker* worker) {
    return std::pair(worker->activity().since != 0, worker->in_flight);
  };
  auto best = std::min_element(parked_.rbegin(), parked_.rend(),
                               [&](auto* a, auto* b) { return rank(a) < rank(b); });
  Worker& worker = **best;
  worker.parked = false;
  parked_.erase(std::next(best).base());
  return ActorRef<Worker>(worker);
}

void QueuedPool::DropQueued(Cause cause) {
  std::lock_guard lock(mutex_);
  queue_.Clear(cause);
}

uint32_t QueuedPool::waiting() const {
  std::lock_guard lock(mutex_);
  return static_cast<uint32_t>(queue_.size());
}

uint32_t QueuedPool::in_flight() const {
  std::lock_guard lock(mutex_);
  return in_flight_;
}

}  // namespace troupe
