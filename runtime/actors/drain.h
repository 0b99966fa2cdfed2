// The end of serving, step by step (see Front::DrainPhase): everything is served for `delay` while
// load balancers take notice, then nothing new is accepted, then what has been begun is finished
// within `timeout`, then what is left is answered 503 and ended. On the control reactor.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "runtime/actors/front.h"
#include "runtime/reactor/reactor.h"
#include "runtime/reactor/timer_wheel.h"

namespace troupe {

class Drain final : private TimerNode {
 public:
  struct Timing {
    Nanos delay = 0;
    Nanos read = 0;
    Nanos timeout = 0;
  };

  // All outlive this.
  Drain(Reactor& control, std::vector<Front*> fronts, const ConnectionBudget& budget,
        Timing timing);
  ~Drain() = default;

  // `done` is called once, when no connection is left.
  void Begin(absl::AnyInvocable<void()> done);
  bool begun() const { return step_ != Step::kServing; }

 private:
  enum class Step : uint8_t { kServing, kDelay, kReading, kFinishing, kAnswering, kKilling, kDone };

  void OnTimer() override;
  void Advance();
  bool StepIsOver() const;
  void Enter(Step step);
  void OnEachFront(const std::function<void(Front&)>& action);

  Reactor& control_;
  const std::vector<Front*> fronts_;
  const ConnectionBudget& budget_;
  const Timing timing_;
  absl::AnyInvocable<void()> done_;
  Step step_ = Step::kServing;
  Nanos step_ends_ = 0;
  Nanos drain_ends_ = 0;
  std::shared_ptr<std::atomic<int>> posts_pending_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace troupe
