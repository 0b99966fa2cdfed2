// Requests that wait for a worker of their pool. Higher priorities leave first; within one priority
// first come, first served, or as the order says. Holds the exchanges' handles.
//
// Not synchronized: a shard's belongs to its reactor, a queued pool's is under that pool's lock.
// Adding and removing allocate nothing, unless the order is fair.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <set>
#include <utility>

#include "runtime/policy/fair_share.h"
#include "runtime/reactor/exchange.h"

namespace troupe {

struct QueueOrder {
  // The newest first while the oldest waits for longer than overload_wait: those served are then
  // fresh, and those that have waited too long reach their time-out.
  bool lifo_under_overload = false;
  Nanos overload_wait = 0;
  // The clients in turn, whatever number of requests each has queued; then lifo does not apply.
  bool fair = false;
};

class AdmissionQueue {
 public:
  explicit AdmissionQueue(const QueueOrder& order);
  ~AdmissionQueue() { Clear(telemetry::Cause::kNotBegun); }
  AdmissionQueue(const AdmissionQueue&) = delete;
  AdmissionQueue& operator=(const AdmissionQueue&) = delete;

  void Push(ExchangeHandle handle);
  // One that was given to a worker and comes back: before all others of its priority.
  void PushFront(ExchangeHandle handle);
  // The next one; an empty handle when there is none.
  ExchangeHandle Pop(Nanos now);
  // `exchange` when it waits here, else an empty handle.
  ExchangeHandle Remove(Exchange& exchange);
  // Whether it waits here, for one that may not exist any more. Looks at all.
  bool Holds(const Exchange* exchange) const;
  // Makes room for one of that priority: the newest of the lowest priority below it, if any.
  ExchangeHandle TakeLowerThan(Priority priority);
  // Sends all home with that cause.
  void Clear(telemetry::Cause cause);

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  size_t size(Priority priority) const { return LaneOf(priority).size; }

 private:
  // One priority, from the oldest to the newest.
  struct Lane {
    Exchange* oldest = nullptr;
    Exchange* newest = nullptr;
    size_t size = 0;
    std::set<std::pair<uint64_t, Exchange*>> by_tag;  // when the order is fair
  };
  const Lane& LaneOf(Priority priority) const { return lanes_[static_cast<size_t>(priority)]; }
  Lane& LaneOf(const Exchange& exchange) { return lanes_[static_cast<size_t>(exchange.priority)]; }
  Exchange* Next(const Lane& lane, Nanos now) const;
  void Enter(Lane& lane, Exchange& exchange);
  ExchangeHandle Take(Lane& lane, Exchange& exchange);

  const QueueOrder order_;
  std::array<Lane, kPriorityCount> lanes_;
  std::unique_ptr<policy::FairShare> shares_;
  size_t size_ = 0;
};

}  // namespace troupe
