#include "runtime/actors/admission_queue.h"

#include "absl/hash/hash.h"
#include "absl/random/random.h"

namespace troupe {
namespace {

constexpr size_t kFairSlots = 1024;
// Below it is what comes back from a worker, and before all others.
constexpr uint64_t kFirstTag = 1;

uint64_t ClientOf(const Exchange& exchange) {
  if (!exchange.data.client) return 0;
  return absl::HashOf(exchange.data.client->bytes());
}

}  // namespace

AdmissionQueue::AdmissionQueue(const QueueOrder& order) : order_(order) {
  if (!order.fair) return;
  absl::BitGen random;
  shares_ = std::make_unique<policy::FairShare>(kFairSlots, absl::Uniform<uint64_t>(random));
}

void AdmissionQueue::Push(ExchangeHandle handle) {
  Exchange& exchange = *handle.release();
  Lane& lane = LaneOf(exchange);
  exchange.next = nullptr;
  exchange.previous = lane.newest;
  (lane.newest == nullptr ? lane.oldest : lane.newest->next) = &exchange;
  lane.newest = &exchange;
  if (shares_) exchange.queue_tag = kFirstTag + shares_->Tag(ClientOf(exchange));
  Enter(lane, exchange);
}

void AdmissionQueue::PushFront(ExchangeHandle handle) {
  Exchange& exchange = *handle.release();
  Lane& lane = LaneOf(exchange);
  exchange.previous = nullptr;
  exchange.next = lane.oldest;
  (lane.oldest == nullptr ? lane.newest : lane.oldest->previous) = &exchange;
  lane.oldest = &exchange;
  exchange.queue_tag = 0;
  Enter(lane, exchange);
}

void AdmissionQueue::Enter(Lane& lane, Exchange& exchange) {
  exchange.queue.store(this, std::memory_order_relaxed);
  if (shares_) lane.by_tag.emplace(exchange.queue_tag, &exchange);
  ++lane.size;
  ++size_;
}

ExchangeHandle AdmissionQueue::Pop(Nanos now) {
  if (size_ == 0) return {};
  for (Lane& lane : lanes_) {
    Exchange* exchange = Next(lane, now);
    if (exchange == nullptr) continue;
    if (shares_ && exchange->queue_tag >= kFirstTag) {
      shares_->OnTaken(exchange->queue_tag - kFirstTag);
    }
    return Take(lane, *exchange);
  }
  return {};
}

Exchange* AdmissionQueue::Next(const Lane& lane, Nanos now) const {
  if (lane.oldest == nullptr) return nullptr;
  if (shares_) return lane.by_tag.begin()->second;
  bool overload =
      order_.lifo_under_overload && now - lane.oldest->admitted_at > order_.overload_wait;
  return overload ? lane.newest : lane.oldest;
}

ExchangeHandle AdmissionQueue::Remove(Exchange& exchange) {
  if (exchange.queue.load(std::memory_order_relaxed) != this) return {};
  if (shares_) shares_->OnDropped(ClientOf(exchange));
  return Take(LaneOf(exchange), exchange);
}

bool AdmissionQueue::Holds(const Exchange* exchange) const {
  for (const Lane& lane : lanes_) {
    for (const Exchange* at = lane.oldest; at != nullptr; at = at->next) {
      if (at == exchange) return true;
    }
  }
  return false;
}

ExchangeHandle AdmissionQueue::TakeLowerThan(Priority priority) {
  for (size_t i = kPriorityCount - 1; i > static_cast<size_t>(priority); --i) {
    if (lanes_[i].newest != nullptr) return Remove(*lanes_[i].newest);
  }
  return {};
}

ExchangeHandle AdmissionQueue::Take(Lane& lane, Exchange& exchange) {
  (exchange.previous == nullptr ? lane.oldest : exchange.previous->next) = exchange.next;
  (exchange.next == nullptr ? lane.newest : exchange.next->previous) = exchange.previous;
  if (shares_) lane.by_tag.erase({exchange.queue_tag, &exchange});
  exchange.next = exchange.previous = nullptr;
  exchange.queue.store(nullptr, std::memory_order_relaxed);
  --lane.size;
  --size_;
  return ExchangeHandle(&exchange);
}

void AdmissionQueue::Clear(telemetry::Cause cause) {
  for (Lane& lane : lanes_) {
    while (lane.oldest != nullptr) {
      ExchangeHandle exchange = Remove(*lane.oldest);
      exchange->failure = cause;
    }
  }
}

}  // namespace troupe
