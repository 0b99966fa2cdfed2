#include "runtime/reactor/exchange.h"

#include <algorithm>
#include <cstring>

#include "runtime/reactor/reactor.h"

namespace troupe {

char* BodyStorage::Grow(size_t size) {
  if (room() < size) {
    size_t capacity = std::max(size_ + size, capacity_ * 2);
    auto data = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = capacity;
  }
  return data_.get() + size_;
}

void BodyStorage::Append(std::string_view bytes) {
  std::memcpy(Grow(bytes.size()), bytes.data(), bytes.size());
  Commit(bytes.size());
}

void BodyStorage::Clear() {
  size_ = 0;
  data_.reset();
  capacity_ = 0;
}

void Exchange::Deliver(Reactor& reactor) {
  out = false;
  if (owner != nullptr) {
    owner->OnDropped(*this);
  } else {
    reactor.exchanges().Free(*this);
  }
}

// Blanks all but the head, which the parser does.
void Exchange::Recycle() {
  data.params.Clear();
  data.path = {};
  data.body = {};
  context.response.Clear();
  next = previous = fifo_next = nullptr;
  begun = answered = false;
  if (failure != telemetry::Cause::kNone) failure_text.clear();
  failure = cause = telemetry::Cause::kNone;
  worker_id.store(0, std::memory_order_relaxed);
  begun_at = ended_at = 0;
  cancelled.store(false, std::memory_order_relaxed);
  owner = nullptr;
  connection = nullptr;
  connection_reference = nullptr;
  snapshot = nullptr;
  route = nullptr;
  route_in_flight = nullptr;
  head_buffer.Reset();
  if (body.size() > 0 || body.room() > 0) body.Clear();
  own_answer.reset();
  refusal = http::Refusal::kNone;
  answer_bytes = 0;
  answer_status = 0;
  deadline = queue_deadline = kNever;
  accepted = out = ready = decided = close_after = queued = parsed = continue_due = readmitted =
      false;
  priority = Priority::kNormal;
}

void ExchangeHandle::SendHome() { exchange_->home().Push(*exchange_); }

ExchangeHandle ExchangeList::Remove(const Exchange& wanted) {
  Exchange* previous = nullptr;
  for (Exchange* at = head_; at != nullptr; previous = at, at = at->next) {
    if (at != &wanted) continue;
    (previous == nullptr ? head_ : previous->next) = at->next;
    if (tail_ == at) tail_ = previous;
    --size_;
    return ExchangeHandle(at);
  }
  return {};
}

}  // namespace troupe
