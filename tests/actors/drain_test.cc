#include "runtime/actors/drain.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

using Phase = Front::DrainPhase;

constexpr Nanos kMs = kNanosPerMilli;

class DrainTest : public testing::Test {
 protected:
  DrainTest() {
    for (int i = 0; i < 2; ++i) {
      reactors.push_back(std::make_unique<SteppedReactor>(system.system(), clock));
      fronts.push_back(std::make_unique<Front>(**reactors.back(), std::make_shared<Snapshot>(),
                                               budget, nullptr));
    }
    Drain::Hooks hooks;
    hooks.before_listeners_close = [] {};
    hooks.exit = [this] { ++done; };
    hooks.open_listeners = [this] {
      ++opened;
      return absl::OkStatus();
    };
    hooks.on_step = [this](const auto& status) { steps.push_back(status.step()); };
    drain = std::make_unique<Drain>(*control, std::vector<Front*>{fronts[0].get(), fronts[1].get()},
                                    budget, std::move(hooks));
  }

  void Begin(Drain::Timing timing, bool exits = true) {
    control.Run([&] { drain->Begin(timing, exits); });
    Settle();
  }
  absl::Status Undo() {
    absl::Status status;
    control.Run([&] { status = drain->Undo(); });
    Settle();
    return status;
  }
  void Settle() {
    for (int i = 0; i < 4; ++i) {
      control->Step();
      for (auto& reactor : reactors) (*reactor)->Step();
    }
  }
  // In small steps, as the drain looks.
  void Pass(Nanos time) {
    for (; time > 0; time -= 10 * kMs) {
      clock.Advance(std::min(time, 10 * kMs));
      Settle();
    }
  }
  Phase phase() {
    EXPECT_EQ(fronts[0]->drain_phase(), fronts[1]->drain_phase());
    return fronts[0]->drain_phase();
  }

  TestSystem system;
  ManualClock clock;
  ConnectionBudget budget;
  SteppedReactor control{system.system(), clock};
  std::vector<std::unique_ptr<SteppedReactor>> reactors;
  std::vector<std::unique_ptr<Front>> fronts;
  int done = 0;
  int opened = 0;
  std::vector<admin::v1::DrainStatus::Step> steps;
  std::unique_ptr<Drain> drain;
};

TEST_F(DrainTest, GoesThroughItsStepsInTheirTimes) {
  budget.open = 1;
  Begin({.delay = 500 * kMs, .read = 1000 * kMs, .timeout = 5000 * kMs});
  EXPECT_TRUE(drain->begun());
  EXPECT_EQ(phase(), Phase::kAnnounced);
  Pass(490 * kMs);
  EXPECT_EQ(phase(), Phase::kAnnounced);
  Pass(20 * kMs);
  EXPECT_EQ(phase(), Phase::kReading);
  Pass(980 * kMs);
  EXPECT_EQ(phase(), Phase::kReading);
  Pass(30 * kMs);
  EXPECT_EQ(phase(), Phase::kFinishing);
  Pass(3900 * kMs);
  EXPECT_EQ(done, 0);
  budget.open = 0;
  Pass(50 * kMs);
  EXPECT_EQ(done, 1);
}

TEST_F(DrainTest, ServesForTheWholeDelayThoughNoConnectionIsOpen) {
  Begin({.delay = 500 * kMs, .read = 1000 * kMs, .timeout = 5000 * kMs});
  Pass(490 * kMs);
  EXPECT_EQ(phase(), Phase::kAnnounced) << "load balancers have not noticed yet";
  EXPECT_EQ(done, 0);
  Pass(100 * kMs);
  EXPECT_EQ(done, 1) << "and then there is nothing to wait for";
}

TEST_F(DrainTest, EndsAtOnceWithoutADelayAndWithoutConnections) {
  Begin({.delay = 0, .read = 1000 * kMs, .timeout = 5000 * kMs});
  Pass(100 * kMs);
  EXPECT_EQ(done, 1);
  EXPECT_EQ(phase(), Phase::kFinishing);
}

TEST_F(DrainTest, EndsThoughConnectionsNeverDo) {
  budget.open = 3;
  Begin({.delay = 0, .read = 1000 * kMs, .timeout = 2000 * kMs});
  Pass(2000 * kMs);
  EXPECT_EQ(done, 0);
  Pass(2100 * kMs);  // for the last answers and for the end
  EXPECT_EQ(done, 1);
  Pass(5000 * kMs);
  EXPECT_EQ(done, 1);
}

TEST_F(DrainTest, ReadsNoLongerThanTheWholeDrainMayTake) {
  budget.open = 1;
  Begin({.delay = 0, .read = 1000 * kMs, .timeout = 100 * kMs});
  Pass(120 * kMs);
  EXPECT_EQ(phase(), Phase::kFinishing);
}

TEST_F(DrainTest, WaitsForAReactorThatIsBusyButNotForEver) {
  auto pass_without_the_second = [&](Nanos time) {
    for (; time > 0; time -= 10 * kMs) {
      clock.Advance(10 * kMs);
      control->Step();
      (*reactors[0])->Step();
    }
  };
  control.Run([&] { drain->Begin({}, /*exits=*/true); });
  pass_without_the_second(900 * kMs);
  EXPECT_EQ(fronts[0]->drain_phase(), Phase::kAnnounced);
  pass_without_the_second(10'000 * kMs);
  EXPECT_EQ(done, 1);
  Settle();
  EXPECT_EQ(phase(), Phase::kFinishing) << "it follows when it can";
}

TEST_F(DrainTest, BeginsOnlyOnce) {
  budget.open = 1;
  Begin({.delay = 100 * kMs, .read = 0, .timeout = 1000 * kMs});
  Pass(90 * kMs);
  Begin({.delay = 100 * kMs, .read = 0, .timeout = 1000 * kMs});
  Pass(30 * kMs);
  EXPECT_NE(phase(), Phase::kAnnounced) << "the second call changes nothing";
  budget.open = 0;
  Pass(100 * kMs);
  EXPECT_EQ(done, 1);
}

TEST_F(DrainTest, WithoutEndItWaitsUntilTheEndIsAskedFor) {
  Begin({.delay = 0, .read = 0, .timeout = 1000 * kMs}, /*exits=*/false);
  Pass(100 * kMs);
  EXPECT_TRUE(drain->over());
  EXPECT_EQ(done, 0);
  Begin({}, /*exits=*/true);
  EXPECT_EQ(done, 1);
}

TEST_F(DrainTest, IsUndoneWhileItOnlyAnnouncesWithoutTouchingListeners) {
  budget.open = 1;
  Begin({.delay = 100 * kMs, .read = 0, .timeout = 1000 * kMs});
  EXPECT_TRUE(Undo().ok());
  EXPECT_EQ(phase(), Phase::kNone);
  EXPECT_EQ(opened, 0);
  Pass(2000 * kMs);
  EXPECT_FALSE(drain->begun());
  EXPECT_EQ(done, 0);
}

TEST_F(DrainTest, OpensListenersAgainWhenItIsUndoneLater) {
  budget.open = 1;
  Begin({.delay = 0, .read = 0, .timeout = 1000 * kMs}, /*exits=*/false);
  Pass(50 * kMs);
  EXPECT_EQ(phase(), Phase::kFinishing);
  EXPECT_TRUE(Undo().ok());
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(phase(), Phase::kNone);
}

TEST_F(DrainTest, IsNotUndoneOnceTheProcessIsToEndAndAcceptsNothing) {
  budget.open = 1;
  Begin({.delay = 0, .read = 0, .timeout = 1000 * kMs});
  Pass(50 * kMs);
  EXPECT_EQ(Undo().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(opened, 0);
}

TEST_F(DrainTest, WithoutADrainThereIsNothingToUndo) {
  EXPECT_EQ(Undo().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(DrainTest, TellsEachStepAndWhetherItCanBeUndone) {
  using Status = admin::v1::DrainStatus;
  budget.open = 2;
  Begin({.delay = 100 * kMs, .read = 100 * kMs, .timeout = 1000 * kMs});
  EXPECT_TRUE(drain->Describe().can_undrain());
  EXPECT_TRUE(drain->Describe().has_step_deadline());
  Pass(300 * kMs);
  EXPECT_FALSE(drain->Describe().can_undrain());
  budget.open = 0;
  Pass(100 * kMs);
  EXPECT_EQ(steps, (std::vector{Status::DELAY, Status::READING, Status::FINISHING,
                                Status::ANSWERING, Status::CLOSING, Status::DONE}));
}

}  // namespace
}  // namespace troupe
