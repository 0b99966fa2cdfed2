// What the coroutines of handlers need from whatever runs them: four methods. The worker actors
// implement it (over a timer wheel), and TestApp does over a virtual clock. Knows neither actors
// nor sockets.
//
// Threads: a Runner and everything made by it is used on its worker's turns only.
#pragma once

#include <coroutine>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace troupe {

class Context;

// One suspended await. The awaitable that armed it owns it through the Runner: it calls Disarm
// exactly once, after it was resumed or when its frame is destroyed while suspended.
// Implementations derive from it to add their timer node.
struct Waiter {
  std::coroutine_handle<> frame;
  Context* context = nullptr;
  absl::Status result;  // set before the frame is resumed: OK, or CANCELLED

 protected:
  ~Waiter() = default;
};

class Runner {
 public:
  // Monotonic enough for deadlines; the time of the current turn.
  virtual absl::Time Now() = 0;
  // Resumes `frame` on a later turn of this runner, `after` from now (not before the next turn), or
  // earlier with result CANCELLED when the exchange is cancelled.
  virtual Waiter* Arm(Context& context, std::coroutine_handle<> frame, absl::Duration after) = 0;
  virtual void Disarm(Waiter* waiter) = 0;
  // The worker is about to stop: finish what is begun, end streams.
  virtual bool Draining() = 0;

 protected:
  ~Runner() = default;
};

}  // namespace troupe
