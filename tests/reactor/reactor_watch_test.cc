#include "runtime/reactor/reactor_watch.h"

#include <gtest/gtest.h>

#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

class ReactorWatchTest : public testing::Test {
 protected:
  ~ReactorWatchTest() override { watched_->Settle(); }  // the watch ends after its probe

  void Pass(Nanos time) {
    clock_.Advance(time);
    control_->Step();
  }
  Nanos Lag() { return watch_.Lag(clock_.Steady()); }

  TestSystem system_;
  ManualClock clock_;
  SteppedReactor control_{system_.system(), clock_};
  SteppedReactor watched_{system_.system(), clock_};
  ReactorWatch watch_{*control_, *watched_};
};

TEST_F(ReactorWatchTest, ReactorThatTakesItsProbesAtOnceHasNoLag) {
  watch_.Start();
  for (int i = 0; i < 3; ++i) {
    watched_->Step();
    EXPECT_EQ(Lag(), 0);
    Pass(2 * kNanosPerSecond);
  }
}

TEST_F(ReactorWatchTest, IdleReactorHasNoLagHoweverLongItIsIdle) {
  watch_.Start();
  watched_->Step();
  clock_.Advance(100 * kNanosPerSecond);
  EXPECT_EQ(Lag(), 0);
}

TEST_F(ReactorWatchTest, LagGrowsWhileAProbeIsNotTaken) {
  watch_.Start();
  Pass(3 * kNanosPerSecond);
  EXPECT_EQ(Lag(), 3 * kNanosPerSecond);
  Pass(57 * kNanosPerSecond);
  EXPECT_EQ(Lag(), 60 * kNanosPerSecond);
}

TEST_F(ReactorWatchTest, LagOfTheLastProbeStandsUntilTheNext) {
  watch_.Start();
  Pass(5 * kNanosPerSecond);
  watched_->Step();
  EXPECT_EQ(Lag(), 5 * kNanosPerSecond);
  Pass(2 * kNanosPerSecond);  // the next is sent
  watched_->Step();
  EXPECT_EQ(Lag(), 0);
}

TEST_F(ReactorWatchTest, SendsNothingOnceStopped) {
  watch_.Start();
  watched_->Step();
  watch_.Stop();
  Pass(100 * kNanosPerSecond);
  EXPECT_EQ(Lag(), 0);
}

}  // namespace
}  // namespace troupe
