// The scaling policy steers a simulated pool: 1 to 32 workers that block for 50 ms with each
// request, a queue of 2,000 in front of them, a decision every 250 ms.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "runtime/policy/scaling.h"
#include "tests/policy/pool_simulation.h"
#include "tests/policy/units.h"

namespace troupe::policy {
namespace {

constexpr ScalingPolicy kPolicy{.min = 1, .max = 32};

using Steps = std::vector<PoolSimulation::Step>;

Steps Serve(PoolSimulation& pool, double rate, Nanos duration) {
  Steps steps;
  do {
    steps.push_back(pool.Next(rate));
  } while (steps.back().at < steps.front().at + duration - 250 * kMs);
  return steps;
}

// The times at which a decision goes the other way than the last one that went anywhere.
std::vector<Nanos> ChangesOfDirection(const Steps& steps) {
  std::vector<Nanos> changes;
  int direction = 0;
  for (const auto& [at, sample, decision, waits] : steps) {
    const int now = (decision.target > sample.workers) - (decision.target < sample.workers);
    if (now == 0) continue;
    if (now == -direction) changes.push_back(at);
    direction = now;
  }
  return changes;
}

int MostInAMinute(const std::vector<Nanos>& times) {
  ptrdiff_t most = 0;
  for (auto first = times.begin(); first != times.end(); ++first) {
    most = std::max(most, std::lower_bound(first, times.end(), *first + 60 * kSecond) - first);
  }
  return static_cast<int>(most);
}

class ScalingOnEitherTraffic : public testing::TestWithParam<bool> {
 protected:
  bool noisy() const { return GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Traffic, ScalingOnEitherTraffic, testing::Bool(),
                         [](const auto& info) { return info.param ? "Noisy" : "Regular"; });

TEST_P(ScalingOnEitherTraffic, StepTo400RequestsASecondIsMetWithin3SecondsAndNothingShed) {
  for (const uint64_t seed : {1, 2, 3}) {
    PoolSimulation pool({.policy = kPolicy, .noisy = noisy(), .seed = seed});
    Serve(pool, 0, 10 * kSecond);
    const Steps steps = Serve(pool, 400, 60 * kSecond);
    for (const auto& [at, sample, decision, waits] : steps) {
      ASSERT_EQ(sample.sheds, 0);
      if (at <= 13 * kSecond) continue;
      ASSERT_LT(sample.queue_wait_p95, 50 * kMs) << "at " << at;
      ASSERT_GE(decision.target, 20) << "at " << at;
    }
  }
}

TEST_P(ScalingOnEitherTraffic, PoolIsBackAtMinAfterTheLoadEnds) {
  PoolSimulation pool({.policy = kPolicy, .noisy = noisy()});
  Serve(pool, 400, 60 * kSecond);
  EXPECT_EQ(Serve(pool, 0, 300 * kSecond).back().decision.target, kPolicy.min);
}

TEST_P(ScalingOnEitherTraffic, SteadyLoadSettles) {
  PoolSimulation pool({.policy = kPolicy, .noisy = noisy()});
  Serve(pool, 300, 300 * kSecond);
  for (const auto& [at, sample, decision, waits] : Serve(pool, 300, 300 * kSecond)) {
    ASSERT_GE(decision.target, 19);  // 15 are busy, under 80 %
    ASSERT_LE(decision.target, 30);  // and over 50 %
  }
}

TEST(ScalingSimulation, NoisyLoadChangesDirectionAtMostTwiceAMinute) {
  for (const double rate : {1., 5., 10., 30., 60., 100., 200., 400.}) {
    PoolSimulation pool({.policy = kPolicy, .noisy = true, .seed = 3});
    const Steps steps = Serve(pool, rate, 1800 * kSecond);
    EXPECT_LE(MostInAMinute(ChangesOfDirection(steps)), 2) << rate << " requests/s";
  }
}

TEST(ScalingSimulation, LoadThatSwingsAtTheWorstPaceChangesDirectionAtMostTwiceAMinute) {
  for (const Nanos period : {5 * kSecond, 20 * kSecond, 61 * kSecond, 90 * kSecond}) {
    PoolSimulation pool({.policy = kPolicy});
    Steps steps;
    for (int i = 0; i < 40; ++i) {
      const Steps more = Serve(pool, i % 2 == 0 ? 400 : 20, period);
      steps.insert(steps.end(), more.begin(), more.end());
    }
    EXPECT_LE(MostInAMinute(ChangesOfDirection(steps)), 2) << "period " << period;
  }
}

TEST(ScalingSimulation, NoisyLoadMeetsTheWaitThatIsPromised) {
  PoolSimulation pool({.policy = kPolicy, .noisy = true});
  int late = 0;
  const Steps steps = Serve(pool, 100, 1800 * kSecond);
  for (const auto& step : steps) late += step.sample.queue_wait_p95 > kPolicy.target_wait;
  EXPECT_LT(late, static_cast<int>(steps.size()) / 20);
}

TEST(ScalingSimulation, PoolThatIsTooSmallStaysAtMaxAndSheds) {
  PoolSimulation pool({.policy = kPolicy, .queue_max = 100});
  const Steps steps = Serve(pool, 1000, 60 * kSecond);
  EXPECT_EQ(steps.back().decision.target, kPolicy.max);
  EXPECT_EQ(steps.back().decision.reason, ScalingReason::kAtMax);
  EXPECT_GT(steps.back().sample.sheds, 0);
}

}  // namespace
}  // namespace troupe::policy
