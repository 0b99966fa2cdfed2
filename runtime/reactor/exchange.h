// One request with its one answer: the unit that travels between actors.
//
// An exchange lives in the slab of its home reactor, and only that reactor decides its outcome; the
// first decision wins. Whoever works on it holds an ExchangeHandle, on whatever thread. Letting go
// of the handle, for whatever reason, sends the exchange home: no message, no lock, no allocation,
// no throw. So no path through the code can lose a request, and no reference count is needed. What
// a handler reads belongs to the exchange, not to the connection.
//
// Threads: fields under "the holder's" belong to whoever holds the handle; all others to the home
// reactor.
#pragma once

#include <atomic>
#include <caf/actor_control_block.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "runtime/async/context.h"
#include "runtime/http/refusal.h"
#include "runtime/reactor/buffer_pool.h"
#include "runtime/reactor/clock.h"
#include "runtime/reactor/inbox.h"
#include "runtime/telemetry/cause.h"
#include "runtime/telemetry/outcome.h"

namespace troupe {

// Whose turn it is when requests have to wait for a worker.
enum class Priority : uint8_t { kCritical, kNormal, kLow };
inline constexpr size_t kPriorityCount = 3;

class Exchange;
class ExchangeSlab;
struct Snapshot;
struct CompiledRoute;

// The connection an exchange belongs to, as its home sees it.
class ExchangeOwner {
 public:
  // The exchange came home without an answer, because its handle was dropped. Home's thread.
  virtual void OnDropped(Exchange& exchange) = 0;
  // It will not come home for a long time, if ever: it is answered without its worker.
  virtual void OnGivenUp(Exchange& exchange, telemetry::Cause cause) = 0;

 protected:
  ~ExchangeOwner() = default;
};

// A request's body when it did not lie in one piece in the read buffer.
class BodyStorage {
 public:
  // Room for `size` more bytes; valid until the next call.
  char* Grow(size_t size);
  void Commit(size_t size) { size_ += size; }
  void Append(std::string_view bytes);
  std::string_view view() const { return {data_.get(), size_}; }
  size_t size() const { return size_; }
  size_t room() const { return capacity_ - size_; }
  void Clear();  // keeps nothing large

 private:
  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

class Exchange final : public InboxNode {
 public:
  explicit Exchange(Reactor& home) : home_(home) {}

  Reactor& home() const { return home_; }

  // --- the holder's -----------------------------------------------------------------------------
  RequestData data;        // written by home before it hands the exchange over
  Context context{&data};  // the answer is left in context.response
  Exchange* next = nullptr;
  Exchange* previous = nullptr;  // in a queue
  uint64_t queue_tag = 0;
  std::atomic<const void*> queue{nullptr};  // that holds it; written where that queue belongs
  uint32_t handler = 0;                     // which route of the service
  bool begun = false;                       // a handler has begun
  bool answered = false;                    // context.response is the answer
  telemetry::Cause failure = telemetry::Cause::kNone;  // why there is no answer
  std::string failure_text;  // what was thrown, for the log; not for the client
  // Who works on it. Written by whoever places it, read by home at any time.
  std::atomic<uint64_t> worker_id{0};
  Nanos begun_at = 0;
  Nanos ended_at = 0;

  // Set by home when nobody waits any more; the worker looks before it begins.
  std::atomic<bool> cancelled{false};

  // --- home's -----------------------------------------------------------------------------------
  ExchangeOwner* owner = nullptr;             // null once the connection has died
  caf::abstract_actor* connection = nullptr;  // the same as an actor; for messages on this thread
  caf::strong_actor_ptr
      connection_reference;  // and for those from other threads: set when it leaves this one
  const Snapshot* snapshot = nullptr;  // the revision of its head
  const CompiledRoute* route = nullptr;
  std::atomic<uint32_t>* route_in_flight = nullptr;  // where it is counted until it is decided
  Exchange* fifo_next = nullptr;                     // the connection's requests in order
  BufferRef head_buffer;
  BodyStorage body;
  std::string path_storage;              // of a path that had to be normalized or rewritten
  std::unique_ptr<Response> own_answer;  // the runtime's, when it is not the handler's
  http::Refusal refusal = http::Refusal::kNone;
  telemetry::Cause cause = telemetry::Cause::kNone;
  telemetry::Outcome outcome = telemetry::Outcome::kAnswered;  // valid once decided
  uint64_t written_end = 0;  // the answer's end in the connection's output stream
  uint64_t answer_bytes = 0;
  int answer_status = 0;
  Nanos accepted_at = 0;
  Nanos head_read_at = 0;
  Nanos admitted_at = 0;  // handed over or queued
  Nanos deadline = kNever;
  Nanos queue_deadline = kNever;
  bool accepted = false;  // its first byte has been read; counted in the ledger
  bool out = false;       // somebody holds the handle
  bool ready = false;     // its answer may be written
  bool decided = false;
  bool close_after = false;   // its answer is the connection's last
  bool queued = false;        // waits in a pool's queue, as far as home knows
  bool parsed = false;        // its body is whole too
  bool continue_due = false;  // wants a 100 before its body comes
  bool readmitted = false;    // came back from a dead worker, not begun
  Priority priority = Priority::kNormal;

  // Inbox: the handle was dropped.
  void Deliver(Reactor& reactor) override;

 private:
  friend class ExchangeSlab;
  void Recycle();

  Reactor& home_;
  uint32_t live_place_ = 0;  // in the slab's lists
  uint32_t undecided_place_ = 0;
};

// Move-only; dropping it sends the exchange home.
class ExchangeHandle {
 public:
  ExchangeHandle() = default;
  explicit ExchangeHandle(Exchange* exchange) : exchange_(exchange) {}
  ExchangeHandle(ExchangeHandle&& other) noexcept
      : exchange_(std::exchange(other.exchange_, nullptr)) {}
  ExchangeHandle& operator=(ExchangeHandle&& other) noexcept {
    std::swap(exchange_, other.exchange_);
    return *this;
  }
  ~ExchangeHandle() {
    if (exchange_ != nullptr) SendHome();
  }

  Exchange* get() const { return exchange_; }
  Exchange* operator->() const { return exchange_; }
  Exchange& operator*() const { return *exchange_; }
  explicit operator bool() const { return exchange_ != nullptr; }
  Exchange* release() { return std::exchange(exchange_, nullptr); }

 private:
  void SendHome();

  Exchange* exchange_ = nullptr;
};

// A first-in first-out list of handles, linked through Exchange::next. Dropping it drops them all.
class ExchangeList {
 public:
  ExchangeList() = default;
  ExchangeList(ExchangeList&& other) noexcept { *this = std::move(other); }
  ExchangeList& operator=(ExchangeList&& other) noexcept {
    std::swap(head_, other.head_);
    std::swap(tail_, other.tail_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~ExchangeList() { Clear(); }

  bool empty() const { return head_ == nullptr; }
  size_t size() const { return size_; }
  Exchange* front() const { return head_; }
  void Push(ExchangeHandle handle) {
    Exchange* exchange = handle.release();
    exchange->next = nullptr;
    (tail_ == nullptr ? head_ : tail_->next) = exchange;
    tail_ = exchange;
    ++size_;
  }
  ExchangeHandle Pop() {
    Exchange* exchange = std::exchange(head_, head_->next);
    if (head_ == nullptr) tail_ = nullptr;
    --size_;
    return ExchangeHandle(exchange);
  }
  // Takes `exchange` out from wherever it stands; an empty handle when it is not in the list.
  ExchangeHandle Remove(const Exchange& exchange);
  void Clear() {
    while (!empty()) Pop();
  }

 private:
  Exchange* head_ = nullptr;
  Exchange* tail_ = nullptr;
  size_t size_ = 0;
};

}  // namespace troupe
