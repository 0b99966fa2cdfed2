// What one worker has in hand: published by it with plain stores, for the supervisor that watches
// it and for the record that a fatal signal leaves. The process has one list of them all, which a
// signal handler may walk.
//
// Threads: constructed, destroyed and read on any; Begin, End and Errand on the worker's turns. A
// reader gets a snapshot that may be out of date; what `head` and `route` point to may be read by
// the worker's own thread only, or by a handler of fatal signals, which copes with what is wild.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/http/request_head.h"

namespace troupe::telemetry {

class InHand {
 public:
  enum class Stage : uint8_t { kServing, kStarting, kStopping };

  // Workers beyond so many are not in the list.
  static constexpr size_t kListedMax = 1024;

  // `pool` outlives it; `started` as all times here: steady nanoseconds.
  InHand(const std::string& pool, uint64_t worker, int64_t started);
  ~InHand();
  InHand(const InHand&) = delete;
  InHand& operator=(const InHand&) = delete;

  // A handler runs, on the thread set last. `route` may be null.
  void Begin(uint64_t request, const http::RequestHead& head, const std::string* route,
             int64_t now) {
    request_.store(request, std::memory_order_relaxed);
    head_.store(&head, std::memory_order_relaxed);
    route_.store(route, std::memory_order_relaxed);
    since_.store(now, std::memory_order_release);  // whoever sees it also sees the rest
  }
  void End() { since_.store(0, std::memory_order_relaxed); }
  void set_thread(pid_t thread) { thread_.store(thread, std::memory_order_relaxed); }

  // While it lives the service is started or stopped.
  class Errand {
   public:
    Errand(InHand& in_hand, Stage stage) : in_hand_(in_hand) { in_hand_.stage_ = stage; }
    ~Errand() { in_hand_.stage_ = Stage::kServing; }
    Errand(const Errand&) = delete;
    Errand& operator=(const Errand&) = delete;

   private:
    InHand& in_hand_;
  };

  const std::string& pool() const { return pool_; }
  uint64_t worker() const { return worker_; }
  int64_t started() const { return started_; }
  // Since when a handler runs; 0: none does. Read it before the rest.
  int64_t since() const { return since_.load(std::memory_order_acquire); }
  uint64_t request() const { return request_.load(std::memory_order_relaxed); }
  const http::RequestHead* head() const { return head_.load(std::memory_order_relaxed); }
  const std::string* route() const { return route_.load(std::memory_order_relaxed); }
  pid_t thread() const { return thread_.load(std::memory_order_relaxed); }
  Stage stage() const { return stage_.load(std::memory_order_relaxed); }
  // Whether code of the service runs.
  bool busy() const { return since() != 0 || stage() != Stage::kServing; }

  // Number `index` of the list, below kListedMax; may be null.
  static const InHand* At(size_t index);

 private:
  const std::string& pool_;
  const uint64_t worker_;
  const int64_t started_;
  std::atomic<int64_t> since_{0};
  std::atomic<uint64_t> request_{0};
  std::atomic<const http::RequestHead*> head_{nullptr};
  std::atomic<const std::string*> route_{nullptr};
  std::atomic<pid_t> thread_{0};
  std::atomic<Stage> stage_{Stage::kServing};
};

}  // namespace troupe::telemetry
