// Where a case has a model elsewhere, the model is named: the intensity cases of OTP's
// supervisor_SUITE, and the back-off specifications of Pekko.
#include "runtime/policy/restart.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/policy/units.h"

namespace troupe::policy {
namespace {

using Action = RestartDecision::Action;

constexpr double kMiddle = 0.5;  // the random number that means no jitter

// Fails at those times; true for each that is answered by a restart.
std::vector<bool> Restarted(const RestartPolicy& policy, const std::vector<Nanos>& failures) {
  RestartState state(policy);
  std::vector<bool> restarted;
  for (const Nanos at : failures) {
    restarted.push_back(state.OnFailure(at, kMiddle).action == Action::kRestart);
  }
  return restarted;
}

std::vector<Nanos> Pauses(const RestartPolicy& policy, int failures) {
  RestartState state(policy);
  std::vector<Nanos> pauses;
  for (int i = 0; i < failures; ++i) pauses.push_back(state.OnFailure(0, kMiddle).pause);
  return pauses;
}

// A pool that has just become FAILED, at time 0.
RestartState FailedPool() {
  RestartState state({.restarts_max = 0});
  state.OnFailure(0, kMiddle);
  return state;
}

TEST(Restart, IntensityIsTheNumberOfFailuresThatARestartAnswers) {
  const std::vector<Nanos> at_once(4, 0);
  // supervisor_SUITE: one_for_one, one_for_one_escalation; intensity 0 as in simple_one_for_one.
  EXPECT_EQ(Restarted({.restarts_max = 0}, at_once), (std::vector{false, false, false, false}));
  EXPECT_EQ(Restarted({.restarts_max = 1}, at_once), (std::vector{true, false, false, false}));
  EXPECT_EQ(Restarted({.restarts_max = 3}, at_once), (std::vector{true, true, true, false}));
  EXPECT_EQ(Restarted({.restarts_max = 9}, at_once), (std::vector{true, true, true, true}));
}

TEST(Restart, OnlyFailuresWithinTheWindowCount) {
  const RestartPolicy policy{.restarts_max = 2, .window = 10 * kSecond};
  struct Case {
    const char* name;
    std::vector<Nanos> failures;
    bool last_restarted;
  };
  for (const Case& c : std::vector<Case>{
           {"three at once", {0, 0, 0}, false},
           {"the third at the window's end", {0, 5 * kSecond, 10 * kSecond}, false},
           {"the third just after it", {0, 5 * kSecond, 10 * kSecond + 1}, true},
           {"a slow trickle", {0, 6 * kSecond, 12 * kSecond, 18 * kSecond, 24 * kSecond}, true},
           {"a burst after a trickle", {0, 11 * kSecond, 12 * kSecond, 13 * kSecond}, false},
       }) {
    EXPECT_EQ(Restarted(policy, c.failures).back(), c.last_restarted) << c.name;
  }
}

TEST(Restart, PauseDoublesFromTheMinimumToTheMaximum) {
  // Pekko, BackoffSupervisorSpec: the delay follows the restart count up to the maximum.
  const RestartPolicy policy{.backoff_min = 100 * kMs, .backoff_max = kSecond, .restarts_max = 100};
  EXPECT_EQ(Pauses(policy, 6), (std::vector<Nanos>{100 * kMs, 200 * kMs, 400 * kMs, 800 * kMs,
                                                   1000 * kMs, 1000 * kMs}));
}

TEST(Restart, PauseIsConstantWhereMinimumAndMaximumAreEqual) {
  const RestartPolicy policy{.backoff_min = kMs, .backoff_max = kMs, .restarts_max = 100};
  EXPECT_EQ(Pauses(policy, 4), (std::vector<Nanos>(4, kMs)));
}

TEST(Restart, PauseNeverOverflows) {
  // Pekko: "not overflow", a restart count so high that the power of two no longer fits.
  const RestartPolicy policy{.backoff_min = 1, .backoff_max = kNever, .restarts_max = 100'000};
  RestartState state(policy);
  Nanos before = 0;
  for (int i = 0; i < 1000; ++i) {
    const Nanos pause = state.OnFailure(0, 0.999).pause;
    ASSERT_GE(pause, before);
    before = pause;
  }
  EXPECT_EQ(before, kNever);
}

TEST(Restart, JitterVariesThePauseEitherWayByItsShare) {
  struct Case {
    double jitter;
    double random;
    Nanos pause;
  };
  for (const Case& c : std::vector<Case>{{0.2, 0.0, 80 * kMs},
                                         {0.2, 0.5, 100 * kMs},
                                         {0.2, 0.75, 110 * kMs},
                                         {0.0, 0.0, 100 * kMs},
                                         {0.0, 0.9, 100 * kMs},
                                         {1.0, 0.0, 0}}) {
    RestartState state({.backoff_min = 100 * kMs, .jitter = c.jitter});
    EXPECT_EQ(state.OnFailure(0, c.random).pause, c.pause) << c.jitter << ' ' << c.random;
  }
  RestartState state({.backoff_min = 100 * kMs});
  EXPECT_LE(state.OnFailure(0, 0x1.fffffffffffffp-1).pause, 120 * kMs);
}

TEST(Restart, JitterDoesNotAddUp) {
  RestartState state({.backoff_min = 100 * kMs});
  state.OnFailure(0, 0);
  EXPECT_EQ(state.OnFailure(0, kMiddle).pause, 200 * kMs);
}

TEST(Restart, PauseIsShortAgainAfterAWindowWithoutFailure) {
  // Pekko: "reset backoff count after child restarts and stays alive".
  RestartState state({.backoff_min = 100 * kMs, .window = 10 * kSecond});
  state.OnFailure(0, kMiddle);
  state.OnFailure(0, kMiddle);
  state.OnStarted(kSecond);
  EXPECT_EQ(state.stable_at(), 11 * kSecond);
  EXPECT_EQ(state.OnFailure(11 * kSecond, kMiddle).pause, 100 * kMs);
}

TEST(Restart, PauseGrowsOnWhileThePoolIsNotYetWell) {
  RestartState state({.backoff_min = 100 * kMs, .window = 10 * kSecond});
  state.OnFailure(0, kMiddle);
  state.OnStarted(kSecond);
  EXPECT_EQ(state.OnFailure(11 * kSecond - 1, kMiddle).pause, 200 * kMs);
}

TEST(Restart, TimeWithoutAWorkerIsNotTimeWithoutFailure) {
  RestartState state({.backoff_min = 100 * kMs, .window = 10 * kSecond});
  state.OnFailure(0, kMiddle);
  EXPECT_EQ(state.stable_at(), kNever);
  state.OnStable(100 * kSecond);
  EXPECT_EQ(state.OnFailure(100 * kSecond, kMiddle).pause, 200 * kMs);
}

TEST(Restart, StartsOfSiblingsDoNotPutStabilityOff) {
  RestartState state({.window = 10 * kSecond});
  state.OnStarted(0);
  EXPECT_EQ(state.stable_at(), kNever) << "nothing has failed yet";
  state.OnFailure(kSecond, kMiddle);
  state.OnStarted(2 * kSecond);
  state.OnStarted(5 * kSecond);
  EXPECT_EQ(state.stable_at(), 12 * kSecond);
}

TEST(Restart, PoolThatIsWellHasItsWholeIntensityAgain) {
  RestartState state({.restarts_max = 1, .window = 10 * kSecond});
  state.OnFailure(0, kMiddle);
  state.OnStarted(0);
  state.OnStable(10 * kSecond);
  EXPECT_EQ(state.stable_at(), kNever);
  EXPECT_EQ(state.OnFailure(10 * kSecond, kMiddle).action, Action::kRestart);
}

TEST(Restart, FailedPoolIsProbedAtTheLongestPauseWithJitter) {
  RestartState state = FailedPool();
  EXPECT_TRUE(state.failed());
  for (int i = 0; i < 3; ++i) {
    const RestartDecision decision = state.OnFailure(i * 30 * kSecond, kMiddle);
    EXPECT_EQ(decision.action, Action::kFail);
    EXPECT_EQ(decision.pause, 30 * kSecond);
  }
  EXPECT_EQ(state.OnFailure(90 * kSecond, 0).pause, 24 * kSecond);
}

TEST(Restart, ProbeThatStaysUpEndsFailed) {
  RestartState state = FailedPool();
  state.OnStarted(30 * kSecond);
  EXPECT_TRUE(state.failed());
  state.OnStable(40 * kSecond - 1);
  EXPECT_TRUE(state.failed()) << "too early";
  state.OnStable(state.stable_at());
  EXPECT_FALSE(state.failed());
}

TEST(Restart, ProbeThatFailsKeepsThePoolFailed) {
  RestartState state = FailedPool();
  state.OnStarted(30 * kSecond);
  state.OnFailure(39 * kSecond, kMiddle);
  state.OnStable(40 * kSecond);
  EXPECT_TRUE(state.failed());
}

TEST(Restart, ManyToleratedFailuresKeepThePoolRunning) {
  // The calm policy of a chaos run: a kill every 20 ms for 20 s.
  RestartState state({.backoff_min = kMs, .backoff_max = kMs, .restarts_max = 100'000});
  for (Nanos now = 0; now < 20 * kSecond; now += 20 * kMs) {
    ASSERT_EQ(state.OnFailure(now, kMiddle).action, Action::kRestart);
    state.OnStarted(now + kMs);
  }
}

}  // namespace
}  // namespace troupe::policy
