// What a handler may do besides reading its request: know the time it has, sleep, learn that it was
// cancelled. Lives in the exchange, as long as the handler's coroutine. Used on the worker's turns
// only.
#pragma once

#include "absl/time/time.h"
#include "runtime/async/request.h"
#include "runtime/async/runner.h"
#include "runtime/async/sleep.h"
#include "runtime/async/task.h"
#include "runtime/http/response.h"

namespace troupe {

class Context {
 public:
  explicit Context(const RequestData* data) : request_(data) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const Request& request() const { return request_; }
  absl::Time Now() const { return runner_->Now(); }
  absl::Time deadline() const { return request_.deadline(); }
  // True once nobody waits for the answer any more: the client is gone, the deadline has passed, or
  // an operator cancelled it. Every await answers CANCELLED from then on.
  bool cancelled() const { return cancelled_; }
  // The worker is being stopped or replaced; long work should come to its end.
  bool Draining() const { return runner_->Draining(); }
  // `co_await context.Sleep(d)` answers absl::Status: OK, or CANCELLED at once when the exchange is
  // cancelled.
  [[nodiscard]] SleepAwaiter Sleep(absl::Duration duration);

  // --- for the worker ---------------------------------------------------------------------------
  void Bind(Runner* runner) {
    runner_ = runner;
    cancelled_ = false;
    waiting_ = nullptr;
  }
  // A handler that is a plain function leaves its answer here; a coroutine leaves a task instead.
  Response response;
  Task<Response> task;
  void set_cancelled() { cancelled_ = true; }
  Waiter* waiting() const { return waiting_; }
  void set_waiting(Waiter* waiter) { waiting_ = waiter; }
  Runner* runner() const { return runner_; }

 private:
  Request request_;
  Runner* runner_ = nullptr;
  Waiter* waiting_ = nullptr;
  bool cancelled_ = false;
};

}  // namespace troupe
