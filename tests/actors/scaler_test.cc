#include "runtime/actors/scaler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/pool_fixture.h"

namespace troupe {
namespace {

// One worker that is busy for a second with each request; time passes by the scaler's period.
class ScalerTest : public PoolFixture {
 protected:
  ScalerTest() {
    PoolSpec spec;
    spec.placement = Placement::kDedicated;
    spec.policy.workers_max = 8;
    spec.policy.queue_max = 100;
    spec.policy.scaling.cooldown_down = kNanosPerSecond;
    policy = spec.policy;
    MakePool(std::move(spec));
    StartWorker(1, static_cast<QueuedPool&>(*pool));
    scaler = std::make_unique<Scaler>(*pool, policy, clock.Steady());
  }
  ~ScalerTest() override { pool->DropQueued(telemetry::Cause::kNotBegun); }

  policy::ScalingDecision Decide(int workers, bool restarting = false) {
    Pass(Scaler::kPeriod);
    return scaler->Decide(workers, restarting, clock.Steady(), clock.Wall());
  }

  PoolPolicy policy;
  std::unique_ptr<Scaler> scaler;
};

TEST_F(ScalerTest, KeepsAPoolWithoutRequestsAtItsLeast) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Decide(1).target, 1);
  EXPECT_TRUE(scaler->decisions().empty());
  EXPECT_FALSE(scaler->summary().empty()) << "and says why";
  EXPECT_EQ(scaler->busy_share(), 0);
}

TEST_F(ScalerTest, AddsWorkersForAQueueAndRemembersWhy) {
  for (int i = 0; i < 20; ++i) Admit(0, Route::kSleep);
  int target = 1;
  for (int i = 0; i < 20 && target == 1; ++i) target = Decide(1).target;
  EXPECT_GT(target, 1);
  ASSERT_FALSE(scaler->decisions().empty());
  const admin::v1::ScalingDecision& kept = scaler->decisions().front();
  EXPECT_EQ(kept.from(), 1);
  EXPECT_EQ(kept.to(), target);
  EXPECT_EQ(kept.reason(), scaler->summary());
  const auto reason = static_cast<size_t>(policy::ScalingReason::kBusy);
  EXPECT_EQ(pool->supervision().steps_up[reason].value(), 1u);
  EXPECT_EQ(pool->supervision().steps_down[reason].value(), 0u);
  ASSERT_EQ(kept.samples_size(), 1);
  EXPECT_GT(kept.samples(0).queue_depth(), 0);
  EXPECT_GT(kept.samples(0).busy_share(), 0.9);
}

TEST_F(ScalerTest, HoldsWhileWorkersAreRestarted) {
  for (int i = 0; i < 20; ++i) Admit(0, Route::kSleep);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Decide(1, /*restarting=*/true).target, 1);
}

TEST_F(ScalerTest, KeepsTheLastDecisionsOnly) {
  for (int i = 0; i < 100; ++i) Decide(/*workers=*/20);  // more than the most, every time
  EXPECT_EQ(scaler->decisions().size(), 64u);
  EXPECT_EQ(scaler->decisions().front().to(), 8);
  const auto reason = static_cast<size_t>(policy::ScalingReason::kBounds);
  EXPECT_EQ(pool->supervision().steps_down[reason].value(), 100u) << "but counts them all";
}

TEST_F(ScalerTest, TellsTheFiguresOfTheLastSeconds) {
  for (int i = 0; i < 4; ++i) Admit(0, Route::kSleep);
  for (int i = 0; i < 20; ++i) Decide(1);
  EXPECT_EQ(scaler->service_time(), kNanosPerSecond);
  EXPECT_GT(scaler->wait_p95(), 2 * kNanosPerSecond);
  EXPECT_LT(scaler->wait_p50(), 2 * kNanosPerSecond);
  EXPECT_NEAR(scaler->busy_share(), 0.8, 0.05);
  EXPECT_NEAR(scaler->ended_per_second(), 0.8, 0.05);
  for (int i = 0; i < 60; ++i) Decide(1);
  EXPECT_EQ(scaler->busy_share(), 0) << "what was long ago is forgotten";
}

}  // namespace
}  // namespace troupe
