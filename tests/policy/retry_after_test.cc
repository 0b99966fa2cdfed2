#include "runtime/policy/retry_after.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "tests/policy/units.h"

namespace troupe::policy {
namespace {

constexpr double kAlmostOne = 0x1.fffffffffffffp-1;

TEST(RetryAfter, ClearingTimeIsDepthByRate) {
  struct Case {
    int depth;
    double rate;
    Nanos time;
  };
  for (const Case& c : std::vector<Case>{{0, 100, 0},
                                         {100, 100, kSecond},
                                         {10, 100, kSecond / 10},
                                         {10, 0, kNever},
                                         {0, 0, kNever},
                                         {1, 1e-30, kNever}}) {
    EXPECT_EQ(ClearingTime(c.depth, c.rate), c.time) << c.depth << " at " << c.rate;
  }
}

TEST(RetryAfter, IsTheWaitAndUpToItsSpreadWithinTheBounds) {
  struct Case {
    Nanos wait;
    double random;
    int seconds;
  };
  for (const Case& c : std::vector<Case>{
           {0, 0, 1},
           {0, 0.5, 2},
           {kSecond / 2, 0, 1},
           {5 * kSecond, 0, 5},
           {5 * kSecond + 1, 0, 6},
           {5 * kSecond, 0.5, 8},
           {5 * kSecond, kAlmostOne, 10},
           {60 * kSecond, kAlmostOne, 30},
           {kNever, 0, 15},
           {kNever, kAlmostOne, 30},
       }) {
    EXPECT_EQ(RetryAfterSeconds({}, c.wait, c.random), c.seconds) << c.wait << ' ' << c.random;
  }
}

TEST(RetryAfter, BoundsHoldForEveryPolicy) {
  for (const int seconds_max : {1, 2, 30}) {
    for (const double spread : {0.0, 0.5, 1.0, 5.0}) {
      for (const Nanos wait : {Nanos{0}, kSecond, 20 * kSecond, kNever}) {
        for (const double random : {0.0, 0.3, kAlmostOne}) {
          const RetryAfterPolicy policy{.seconds_max = seconds_max, .spread = spread};
          const int seconds = RetryAfterSeconds(policy, wait, random);
          EXPECT_GE(seconds, 1);
          EXPECT_LE(seconds, seconds_max);
        }
      }
    }
  }
}

TEST(RetryAfter, LongestWaitsAreSpreadToo) {
  std::set<int> seconds;
  for (double random = 0; random < 1; random += 0.05) {
    seconds.insert(RetryAfterSeconds({}, kNever, random));
  }
  EXPECT_GE(seconds.size(), 10u);
}

}  // namespace
}  // namespace troupe::policy
