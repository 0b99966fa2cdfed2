// Task<T>: a coroutine that ends with a T or an absl::Status. What a handler returns when it has to
// wait.
//
//   troupe::Task<std::string> Load(Context& context) {
//     if (absl::Status slept = co_await context.Sleep(absl::Seconds(1)); !slept.ok()) co_return
//     slept; co_return "loaded";
//   }
//   absl::StatusOr<std::string> text = co_await Load(context);
//
// co_return takes a T, an absl::Status that is not OK, or an absl::StatusOr<T>. Nothing runs before
// the task is awaited or started. An exception that leaves the coroutine is thrown again where its
// result is taken: in the awaiting coroutine, or by TakeResult(). The worker is the one place that
// catches it.
//
// Ownership: a Task owns its frame. Destroying a suspended one destroys the frame, and with it
// every task it awaits. Move-only. Threads: one turn at a time, of the worker that runs it.
//
// Parameters of a coroutine that are references must outlive it; a handler's Context& and const
// Request& do. With g++ 12 neither aggregate temporaries nor lambdas with captures may stand inside
// a co_await expression: it destroys them twice.
#pragma once

#include <cassert>
#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace troupe {

template <class T>
class Task;

namespace internal {

// What all promises share: who waits for the end, and what was thrown.
class TaskPromiseBase {
 public:
  // At the end control goes straight to the awaiter, without growing the stack.
  class FinalAwaiter {
   public:
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> frame) const noexcept {
      return frame.promise().awaiter_;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception_ = std::current_exception(); }
  void set_awaiter(std::coroutine_handle<> awaiter) { awaiter_ = awaiter; }

 protected:
  std::exception_ptr exception_;

 private:
  std::coroutine_handle<> awaiter_ = std::noop_coroutine();
};

template <class T>
class TaskPromise final : public TaskPromiseBase {
 public:
  Task<T> get_return_object() noexcept;

  template <class U = T>
  requires std::is_constructible_v<absl::StatusOr<T>, U>
  void return_value(U&& value) {
    if constexpr (std::is_same_v<std::remove_cvref_t<U>, absl::Status>) {
      if (value.ok()) {
        result_ = absl::InternalError("The coroutine ended with an OK status instead of a value.");
        return;
      }
    }
    result_ = std::forward<U>(value);
  }

  absl::StatusOr<T> TakeResult() {
    if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
    return std::move(result_);
  }

 private:
  absl::StatusOr<T> result_;
};

}  // namespace internal

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = internal::TaskPromise<T>;
  using value_type = T;

  // Has no coroutine: valid() is false.
  Task() noexcept = default;
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.frame_, nullptr));
    return *this;
  }
  ~Task() { Reset(nullptr); }

  bool valid() const { return frame_ != nullptr; }

  // For the worker, which awaits nothing: runs to the first suspension. Once, on a valid task.
  void Start() {
    assert(valid() && !done());
    frame_.resume();
  }
  bool done() const { return frame_.done(); }
  // Once, of a task that is done: its result, or what it threw.
  absl::StatusOr<T> TakeResult() {
    assert(done());
    return frame_.promise().TakeResult();
  }

  // `co_await task` runs it and answers its absl::StatusOr<T>.
  class Awaiter {
   public:
    explicit Awaiter(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
      frame_.promise().set_awaiter(awaiter);
      return frame_;
    }
    absl::StatusOr<T> await_resume() { return frame_.promise().TakeResult(); }

   private:
    std::coroutine_handle<promise_type> frame_;
  };
  static_assert(!std::is_aggregate_v<Awaiter>);
  Awaiter operator co_await() const noexcept {
    assert(valid() && !done());
    return Awaiter(frame_);
  }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  void Reset(std::coroutine_handle<promise_type> frame) {
    if (auto old = std::exchange(frame_, frame)) old.destroy();
  }

  std::coroutine_handle<promise_type> frame_;
};

namespace internal {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace internal

}  // namespace troupe
