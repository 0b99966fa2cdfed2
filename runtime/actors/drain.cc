#include "runtime/actors/drain.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/telemetry/log.h"

namespace troupe {
namespace {

constexpr Nanos kLookEvery = 10 * kNanosPerMilli;
constexpr Nanos kAnswerTime = kNanosPerSecond;  // for the 503s to reach the kernel

}  // namespace

Drain::Drain(Reactor& control, std::vector<Front*> fronts, const ConnectionBudget& budget,
             Timing timing)
    : control_(control), fronts_(std::move(fronts)), budget_(budget), timing_(timing) {}

void Drain::Begin(absl::AnyInvocable<void()> done) {
  if (begun()) return;
  done_ = std::move(done);
  telemetry::LogInfo("drain",
                     absl::StrCat("begins with ", budget_.open.load(), " open connections"));
  Enter(Step::kDelay);
  Advance();
}

void Drain::OnTimer() { Advance(); }

void Drain::Advance() {
  while (StepIsOver()) {
    Enter(static_cast<Step>(static_cast<int>(step_) + 1));
    if (step_ == Step::kDone) {
      telemetry::LogInfo("drain", "is over");
      done_();
      return;
    }
  }
  control_.timers().Arm(*this, control_.now() + kLookEvery);
}

bool Drain::StepIsOver() const {
  // A reactor that is blocked must not keep the others from ending.
  if (posts_pending_->load() > 0) return control_.now() >= step_ends_ + kAnswerTime;
  if (control_.now() >= step_ends_) return true;
  return step_ != Step::kDelay && budget_.open.load(std::memory_order_relaxed) == 0;
}

void Drain::Enter(Step step) {
  step_ = step;
  switch (step) {
    case Step::kServing:
    case Step::kDone:
      break;
    case Step::kDelay:
      step_ends_ = control_.now() + timing_.delay;
      OnEachFront([](Front& front) { front.SetDrainPhase(Front::DrainPhase::kAnnounced); });
      break;
    case Step::kReading:
      drain_ends_ = control_.now() + timing_.timeout;
      step_ends_ = std::min(control_.now() + timing_.read, drain_ends_);
      OnEachFront([](Front& front) {
        front.CloseListeners();
        front.SetDrainPhase(Front::DrainPhase::kReading);
      });
      break;
    case Step::kFinishing:
      step_ends_ = drain_ends_;
      OnEachFront([](Front& front) { front.SetDrainPhase(Front::DrainPhase::kFinishing); });
      break;
    case Step::kAnswering:
      step_ends_ = control_.now() + kAnswerTime;
      if (int64_t open = budget_.open.load(); open > 0) {
        telemetry::LogWarning(
            "drain", absl::StrCat(open, " connections have not ended in time and are closed"));
      }
      OnEachFront([](Front& front) { front.AnswerAllAndClose(); });
      break;
    case Step::kKilling:
      step_ends_ = control_.now() + kAnswerTime;
      OnEachFront([](Front& front) { front.KillAll(); });
      break;
  }
}

// On the front's own reactor; the step is not over before that has happened.
void Drain::OnEachFront(const std::function<void(Front&)>& action) {
  for (Front* front : fronts_) {
    posts_pending_->fetch_add(1);
    front->reactor().Post([front, action, pending = posts_pending_] {
      action(*front);
      pending->fetch_sub(1);
    });
  }
}

}  // namespace troupe
