// A stack of its own for the signal handlers of the calling thread, without which a handler cannot
// run where the thread's own stack has overflowed. For threads that run user code.
//
// Made and destroyed on that thread.
#pragma once

#include <csignal>
#include <cstddef>
#include <memory>

namespace troupe::telemetry {

class SignalStack {
 public:
  SignalStack() {
    stack_t stack{};
    stack.ss_sp = memory_.get();
    stack.ss_size = kBytes;
    sigaltstack(&stack, &before_);
  }
  ~SignalStack() { sigaltstack(&before_, nullptr); }
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  // For a handler that is interrupted by a second and a third fault, with the registers of wide
  // vector units each time. Only what is used becomes resident.
  static constexpr size_t kBytes = 128 << 10;

  const std::unique_ptr<char[]> memory_ = std::make_unique_for_overwrite<char[]>(kBytes);
  stack_t before_{};
};

}  // namespace troupe::telemetry
