#include "runtime/async/context.h"

#include <utility>

namespace troupe {
namespace {

absl::Status Cancelled() { return absl::CancelledError("Nobody waits for the answer any more."); }

}  // namespace

SleepAwaiter Context::Sleep(absl::Duration duration) { return SleepAwaiter(this, duration); }

SleepAwaiter::~SleepAwaiter() { Disarm(); }

bool SleepAwaiter::await_ready() const { return context_->cancelled(); }

void SleepAwaiter::await_suspend(std::coroutine_handle<> frame) {
  waiter_ = context_->runner()->Arm(*context_, frame, duration_);
}

absl::Status SleepAwaiter::await_resume() {
  if (waiter_ == nullptr) return Cancelled();
  absl::Status result = std::move(waiter_->result);
  Disarm();
  return result;
}

void SleepAwaiter::Disarm() {
  if (waiter_ == nullptr) return;
  context_->runner()->Disarm(std::exchange(waiter_, nullptr));
}

}  // namespace troupe
