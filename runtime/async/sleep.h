// What `co_await context.Sleep(d)` awaits. Lives in the frame of the coroutine that sleeps, on its
// worker's turns.
#pragma once

#include <coroutine>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace troupe {

class Context;
struct Waiter;

class SleepAwaiter {
 public:
  SleepAwaiter(Context* context, absl::Duration duration)
      : context_(context), duration_(duration) {}
  SleepAwaiter(const SleepAwaiter&) = delete;
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;
  // The frame may be destroyed while it sleeps.
  ~SleepAwaiter();

  // Only a cancelled exchange goes on at once: a sleep of zero still gives way to others for a
  // turn.
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<> frame);
  absl::Status await_resume();

 private:
  void Disarm();

  Context* context_;
  absl::Duration duration_;
  Waiter* waiter_ = nullptr;
};
static_assert(!std::is_aggregate_v<SleepAwaiter>);

}  // namespace troupe
