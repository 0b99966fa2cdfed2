#include "runtime/actors/drain.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/actors/proto_time.h"
#include "runtime/config/text.h"
#include "runtime/telemetry/log.h"

namespace troupe {
namespace {

using admin::v1::DrainStatus;

constexpr Nanos kLookEvery = 10 * kNanosPerMilli;
constexpr Nanos kAnswerTime = kNanosPerSecond;  // for the 503s to reach the kernel

}  // namespace

Drain::Drain(Reactor& control, std::vector<Front*> fronts, const ConnectionBudget& budget,
             Hooks hooks)
    : control_(control), fronts_(std::move(fronts)), budget_(budget), hooks_(std::move(hooks)) {}

void Drain::Begin(Timing timing, bool exits) {
  const bool exits_now = exits && !exits_;
  exits_ = exits_ || exits;
  if (begun()) {
    if (exits_now && over()) hooks_.exit();
    return;
  }
  timing_ = timing;
  begun_at_ = control_.now();
  telemetry::LogInfo("drain",
                     absl::StrCat("begins with ", budget_.open.load(), " open connections"));
  Enter(Step::kDelay);
  Advance();
}

absl::Status Drain::WhyNotUndone() const {
  if (!begun()) {
    return absl::FailedPreconditionError("The server does not drain: there is nothing to undo.");
  }
  if (exits_ && step_ != Step::kDelay) {
    return absl::FailedPreconditionError(
        "The server has closed its listeners and ends when the drain is over; start it again "
        "instead.");
  }
  if (step_ != Step::kDelay && posts_pending_->load() > 0) {
    return absl::UnavailableError("A reactor has not closed its listeners yet; try again.");
  }
  if (step_ == Step::kAnswering || step_ == Step::kKilling) {
    return absl::FailedPreconditionError(
        "The drain closes what is left and is over within two seconds; try again then.");
  }
  return absl::OkStatus();
}

absl::Status Drain::Undo() {
  if (absl::Status status = WhyNotUndone(); !status.ok()) return status;
  if (step_ != Step::kDelay) {
    if (absl::Status status = hooks_.open_listeners(); !status.ok()) return status;
  }
  Disarm();
  exits_ = false;
  Enter(Step::kServing);
  telemetry::LogInfo("drain", "is undone: all is served again");
  return absl::OkStatus();
}

void Drain::OnTimer() { Advance(); }

void Drain::Advance() {
  while (StepIsOver()) {
    Enter(static_cast<Step>(static_cast<int>(step_) + 1));
    if (over()) {
      telemetry::LogInfo("drain", "is over");
      if (exits_) hooks_.exit();
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
      OnEachFront([](Front& front) { front.SetDrainPhase(Front::DrainPhase::kNone); });
      break;
    case Step::kDone:
      break;
    case Step::kDelay:
      step_ends_ = control_.now() + timing_.delay;
      OnEachFront([](Front& front) { front.SetDrainPhase(Front::DrainPhase::kAnnounced); });
      break;
    case Step::kReading:
      drain_ends_ = control_.now() + timing_.timeout;
      step_ends_ = std::min(control_.now() + timing_.read, drain_ends_);
      hooks_.before_listeners_close();
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
        telemetry::LogWarning("drain", absl::StrCat("closes ", config::Count(open, "connection"),
                                                    " that did not end in time"));
      }
      OnEachFront([](Front& front) { front.AnswerAllAndClose(); });
      break;
    case Step::kKilling:
      step_ends_ = control_.now() + kAnswerTime;
      OnEachFront([](Front& front) { front.KillAll(); });
      break;
  }
  hooks_.on_step(Describe());
}

DrainStatus Drain::Describe() const {
  DrainStatus status;
  // In the same order, behind the one for "unspecified".
  status.set_step(static_cast<DrainStatus::Step>(static_cast<int>(step_) + 1));
  status.set_exits(exits_);
  status.set_can_undrain(WhyNotUndone().ok());
  if (!begun()) return status;
  *status.mutable_begin_time() = ToProto(control_.WallTime(begun_at_));
  if (!over()) *status.mutable_step_deadline() = ToProto(control_.WallTime(step_ends_));
  return status;
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
