// The end of serving, step by step (see Front::DrainPhase): everything is served for `delay` while
// load balancers take notice, then nothing new is accepted, then what has been begun is finished
// within `timeout`, then what is left is answered 503 and ended. A drain that does not end the
// process can be taken back.
//
// On the control reactor, but for the constructor.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "runtime/actors/front.h"
#include "runtime/reactor/reactor.h"
#include "runtime/reactor/timer_wheel.h"
#include "troupe/admin/v1/server.pb.h"

namespace troupe {

class Drain final : private TimerNode {
 public:
  struct Timing {
    Nanos delay = 0;
    Nanos read = 0;
    Nanos timeout = 0;
  };

  // What the drain asks of the server.
  struct Hooks {
    // No connection is left; called once for each drain that ends the process.
    absl::AnyInvocable<void()> exit;
    // The listeners are told to close next.
    absl::AnyInvocable<void()> before_listeners_close;
    // Opens again what the drain has closed.
    absl::AnyInvocable<absl::Status()> open_listeners;
    // A step has begun.
    absl::AnyInvocable<void(const admin::v1::DrainStatus&)> on_step;
  };

  // All outlive this.
  Drain(Reactor& control, std::vector<Front*> fronts, const ConnectionBudget& budget, Hooks hooks);
  ~Drain() = default;

  // Begins a drain. One that goes on already keeps its times; `exits` is added to it.
  void Begin(Timing timing, bool exits);
  // Back to serving. FAILED_PRECONDITION with what to do when nothing drains, when the process ends
  // by it and accepts nothing any more, and while what is left is being closed. UNAVAILABLE when a
  // reactor is late.
  absl::Status Undo();

  bool begun() const { return step_ != Step::kServing; }
  bool over() const { return step_ == Step::kDone; }
  bool exits() const { return exits_; }
  // All but what it waits for, which changes all the time (Control::DescribeDrain).
  admin::v1::DrainStatus Describe() const;

 private:
  enum class Step : uint8_t { kServing, kDelay, kReading, kFinishing, kAnswering, kKilling, kDone };

  void OnTimer() override;
  void Advance();
  bool StepIsOver() const;
  void Enter(Step step);
  absl::Status WhyNotUndone() const;
  void OnEachFront(const std::function<void(Front&)>& action);

  Reactor& control_;
  const std::vector<Front*> fronts_;
  const ConnectionBudget& budget_;
  Hooks hooks_;
  Timing timing_;
  bool exits_ = false;
  Step step_ = Step::kServing;
  Nanos begun_at_ = 0;
  Nanos step_ends_ = 0;
  Nanos drain_ends_ = 0;
  std::shared_ptr<std::atomic<int>> posts_pending_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace troupe
