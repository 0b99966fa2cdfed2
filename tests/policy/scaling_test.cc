// One decision at a time; whole runs are in scaling_simulation_test.cc.
#include "runtime/policy/scaling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policy/units.h"

namespace troupe::policy {
namespace {

using testing::HasSubstr;

constexpr ScalingPolicy kPolicy{.min = 1, .max = 32};

// A pool at that load; 10 workers that are neither pressed nor idle unless changed.
ScalingSample Sample(int workers = 10, double busy_share = 0.65) {
  return {.workers = workers,
          .busy_share = busy_share,
          .arrivals_per_s = workers * busy_share / 0.05,
          .service_time = 50 * kMs};
}

ScalingSample Pressed() {
  ScalingSample sample = Sample(10, 1.0);
  sample.queue_depth = 10;
  sample.queue_wait_p95 = 100 * kMs;
  return sample;
}

// Without any past: all that the sample says counts in full.
ScalingDecision First(const ScalingPolicy& policy, const ScalingSample& sample) {
  ScalingState state;
  return Decide(policy, state, sample, 0);
}

// After a calm minute.
ScalingDecision Sudden(const ScalingPolicy& policy, const ScalingSample& sample) {
  ScalingState state;
  Nanos now = 0;
  for (; now < 60 * kSecond; now += 250 * kMs) Decide(policy, state, Sample(), now);
  return Decide(policy, state, sample, now);
}

ScalingSample With(ScalingSample sample, int queue_depth, Nanos queue_wait_p95, int sheds = 0) {
  sample.queue_depth = queue_depth;
  sample.queue_wait_p95 = queue_wait_p95;
  sample.sheds = sheds;
  return sample;
}

struct Case {
  const char* name;
  ScalingSample sample;
  int target;
  ScalingReason reason;
};

void ExpectDecision(const Case& expected, const ScalingDecision& decision) {
  EXPECT_EQ(decision.target, expected.target) << expected.name;
  EXPECT_EQ(ScalingReasonName(decision.reason), ScalingReasonName(expected.reason))
      << expected.name;
}

TEST(Scaling, SituationThatLastsHasItsTargetAndReason) {
  ScalingSample restarting = Pressed();
  restarting.restarting = true;
  for (const Case& c : std::vector<Case>{
           {"within the band", Sample(), 10, ScalingReason::kSteady},
           {"at the upper border", Sample(10, 0.8), 10, ScalingReason::kSteady},
           {"at the lower border", Sample(10, 0.5), 10, ScalingReason::kSteady},
           {"idle", Sample(10, 0.1), 10, ScalingReason::kCooldown},
           {"idle at min", Sample(1, 0), 1, ScalingReason::kSteady},
           {"busy", Sample(10, 0.9), 14, ScalingReason::kBusy},  // 9 / 0.65
           {"waits at the target", With(Sample(), 0, 10 * kMs), 10, ScalingReason::kSteady},
           {"waits over it", With(Sample(), 0, 10 * kMs + 1), 11, ScalingReason::kQueueWait},
           {"sheds", With(Sample(), 0, 0, 1), 11, ScalingReason::kSheds},
           {"a queue", Pressed(), 17, ScalingReason::kQueueWait},  // 10.5 / 0.65
           {"a queue at max", With(Sample(32, 1), 32, kSecond), 32, ScalingReason::kAtMax},
           {"a queue while restarting", restarting, 10, ScalingReason::kRestarting},
           {"below min", Sample(0), 1, ScalingReason::kBounds},
           {"above max", Sample(40), 32, ScalingReason::kBounds},
       }) {
    ExpectDecision(c, First(kPolicy, c.sample));
  }
}

TEST(Scaling, SuddenChangeIsMetAtOnceOnlyIfAQueueBuildsUp) {
  for (const Case& c : std::vector<Case>{
           {"busy", Sample(10, 0.9), 10, ScalingReason::kUnconfirmed},
           {"waits", With(Sample(), 0, 30 * kMs), 10, ScalingReason::kUnconfirmed},
           {"a short queue", With(Sample(10, 1), 9, 30 * kMs), 10, ScalingReason::kUnconfirmed},
           {"a queue", Pressed(), 17, ScalingReason::kQueueWait},
           {"sheds", With(Sample(10, 1), 5, 30 * kMs, 1), 16, ScalingReason::kSheds},
       }) {
    ExpectDecision(c, Sudden(kPolicy, c.sample));
  }
}

TEST(Scaling, QueueThatEnoughWorkersAreClearingAddsNone) {
  // Ten workers would do for the load; twenty are there.
  const ScalingSample clearing = With(Sample(20, 0.3), 20, 40 * kMs);
  EXPECT_EQ(Sudden(kPolicy, clearing).reason, ScalingReason::kUnconfirmed);
}

TEST(Scaling, PressureThatLastsIsMetInTheEnd) {
  for (const ScalingSample& sample :
       {Sample(10, 0.9), With(Sample(), 0, 30 * kMs), With(Sample(10, 0.2), 20, 40 * kMs)}) {
    ScalingState state;
    Decide(kPolicy, state, Sample(), 0);
    Nanos now = 0;
    while (Decide(kPolicy, state, sample, now += 250 * kMs).target == 10) {
      ASSERT_LT(now, 10 * kSecond);
    }
  }
}

TEST(Scaling, StepUpIsLimited) {
  struct Case {
    int workers;
    double step_up_max;
    int target;
  };
  for (const Case& c : std::vector<Case>{{1, 4, 5}, {2, 0.5, 3}, {4, 1, 8}, {8, 4, 32}}) {
    ScalingSample sample{.workers = c.workers,
                         .queue_depth = 1000,
                         .queue_wait_p95 = kSecond,
                         .busy_share = 1,
                         .arrivals_per_s = 2000,
                         .service_time = 50 * kMs};
    ScalingPolicy policy = kPolicy;
    policy.step_up_max = c.step_up_max;
    EXPECT_EQ(First(policy, sample).target, c.target) << c.workers;
  }
}

TEST(Scaling, StepsUpAtFullWidthWhileNothingIsKnownOfTheServiceTime) {
  const ScalingSample blocked{
      .workers = 2, .queue_depth = 50, .busy_share = 1, .arrivals_per_s = 50};
  EXPECT_EQ(First(kPolicy, blocked).target, 10);
}

TEST(Scaling, RequestsThatDoNotEndCountAsLoad) {
  ScalingState state;
  ScalingSample stuck{.workers = 10, .busy_share = 0.7};
  for (Nanos now = 0; now < 100 * kSecond; now += 250 * kMs) {
    ASSERT_EQ(Decide(kPolicy, state, stuck, now).target, 10);
  }
}

TEST(Scaling, NextStepUpWaitsForItsCooldown) {
  ScalingPolicy policy = kPolicy;
  policy.cooldown_up = kSecond;
  ScalingState state;
  EXPECT_EQ(Decide(policy, state, Pressed(), 0).reason, ScalingReason::kQueueWait);
  EXPECT_EQ(Decide(policy, state, Pressed(), kSecond - 1).reason, ScalingReason::kCooldown);
  EXPECT_EQ(Decide(policy, state, Pressed(), kSecond).reason, ScalingReason::kQueueWait);
}

// Feeds `sample` every 250 ms from `begin`; when the target first differs from the workers.
Nanos FirstChange(const ScalingPolicy& policy, ScalingState& state, const ScalingSample& sample,
                  Nanos begin) {
  for (Nanos now = begin; now < begin + 1000 * kSecond; now += 250 * kMs) {
    if (Decide(policy, state, sample, now).target != sample.workers) return now - begin;
  }
  return kNever;
}

TEST(Scaling, StepDownWaitsForAWholeCooldownOfLowLoad) {
  ScalingState state;
  EXPECT_EQ(FirstChange(kPolicy, state, Sample(10, 0.1), 0), 30 * kSecond);
}

TEST(Scaling, StepDownAfterAStepUpWaitsTwiceAsLong) {
  ScalingState state;
  Decide(kPolicy, state, Pressed(), 0);
  EXPECT_EQ(FirstChange(kPolicy, state, Sample(17, 0.1), 0), 60 * kSecond);
}

TEST(Scaling, OnePressedSampleBeginsTheCooldownAnew) {
  ScalingState state;
  const ScalingSample idle = Sample(10, 0.1);
  for (Nanos now = 0; now < 29 * kSecond; now += 250 * kMs) Decide(kPolicy, state, idle, now);
  ScalingSample waits = idle;
  waits.queue_wait_p95 = 20 * kMs;
  Decide(kPolicy, state, waits, 29 * kSecond);
  EXPECT_EQ(FirstChange(kPolicy, state, idle, 30 * kSecond), 30 * kSecond);
}

TEST(Scaling, StepDownIsLimitedAndKeepsWhatWasNeeded) {
  struct Case {
    const char* name;
    ScalingSample sample;
    int target;
  };
  for (const Case& c : std::vector<Case>{{"half at most", Sample(20, 0.01), 10},
                                         {"what the load needs", Sample(10, 0.42), 8},
                                         {"one of two", Sample(2, 0), 1}}) {
    ScalingState state;
    ScalingDecision decision;
    for (Nanos now = 0; now <= 30 * kSecond; now += 250 * kMs) {
      decision = Decide(kPolicy, state, c.sample, now);
    }
    EXPECT_EQ(decision.target, c.target) << c.name;
    EXPECT_EQ(decision.reason, ScalingReason::kIdle) << c.name;
  }
}

TEST(Scaling, RestartsLeaveNoTraceInWhatIsRemembered) {
  ScalingState state;
  Decide(kPolicy, state, Sample(), 0);
  ScalingSample restarting = Pressed();
  restarting.restarting = true;
  for (Nanos now = kSecond; now < 10 * kSecond; now += 250 * kMs) {
    Decide(kPolicy, state, restarting, now);
  }
  EXPECT_EQ(Decide(kPolicy, state, Sample(), 10 * kSecond).reason, ScalingReason::kSteady);
}

TEST(Scaling, PoolThatLostWorkersMeanwhileIsNotGrownByAStepDown) {
  ScalingState state;
  for (Nanos now = 0; now < 30 * kSecond; now += 250 * kMs) {
    Decide(kPolicy, state, Sample(20, 0.4), now);  // twelve or thirteen would do
  }
  for (Nanos now = 30 * kSecond; now < 200 * kSecond; now += 250 * kMs) {
    ASSERT_LE(Decide(kPolicy, state, Sample(10, 0.1), now).target, 10);
  }
}

TEST(Scaling, StepDownKeepsTheMostThatWasNeededDuringTheCooldown) {
  ScalingState state;
  ScalingDecision decision;
  for (Nanos now = 0; now <= 30 * kSecond; now += 250 * kMs) {
    const bool peak = now >= 10 * kSecond && now < 25 * kSecond;
    decision = Decide(kPolicy, state, Sample(20, peak ? 0.45 : 0.05), now);
  }
  EXPECT_EQ(decision.target, 14);  // 9 / 0.65, though a step could go to 10
}

TEST(Scaling, NothingIsRemovedWhileBusyAboveTheLowerBorder) {
  ScalingState state;
  EXPECT_EQ(FirstChange(kPolicy, state, Sample(10, 0.51), 0), kNever);
}

TEST(WorkersFor, FollowsLittlesLawForLargeLoadsAndQueueingForSmallOnes) {
  struct Case {
    double load;
    Nanos service_time;
    int workers;
  };
  const ScalingPolicy policy{.min = 2, .max = 100};
  for (const Case& c : std::vector<Case>{
           {0, 50 * kMs, 2},       // min
           {20, 50 * kMs, 31},     // 20 / 0.65
           {1, 50 * kMs, 4},       // two would be 50 % busy, but many requests would wait
           {1, kMs, 2},            // here they would wait for less than target_wait
           {1, 0, 2},              // service time unknown
           {1000, 50 * kMs, 100},  // max
       }) {
    EXPECT_EQ(WorkersFor(policy, c.load, c.service_time), c.workers)
        << c.load << " of " << c.service_time;
  }
}

TEST(Scaling, ExplanationNamesWhatWasSeenAndWhy) {
  const ScalingSample sample = Pressed();
  EXPECT_EQ(Explain(kPolicy, sample, First(kPolicy, sample)),
            "10 -> 17 workers: requests wait for longer than 10.0 ms. Queue wait p95 100.0 ms, 10 "
            "queued, 0 shed, workers 100 % busy, 200.0 requests/s of 50.0 ms each.");
}

TEST(Scaling, EveryReasonIsExplained) {
  for (size_t i = 0; i < kScalingReasonNames.size(); ++i) {
    const std::string text = Explain(kPolicy, Sample(), {10, static_cast<ScalingReason>(i)});
    EXPECT_THAT(text, Not(HasSubstr(": .")));
  }
}

}  // namespace
}  // namespace troupe::policy
