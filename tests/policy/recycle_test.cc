#include "runtime/policy/recycle.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "tests/policy/units.h"

namespace troupe::policy {
namespace {

TEST(Recycle, WorkerIsDueAtWhicheverLimitItReachesFirst) {
  struct Case {
    const char* name;
    RecyclePolicy policy;
    uint64_t served;
    Nanos now;
    RecycleReason reason;
  };
  const RecyclePolicy both{.requests_max = 1000, .age_max = 60 * kSecond};
  for (const Case& c : std::vector<Case>{
           {"young", both, 999, 59 * kSecond, RecycleReason::kNone},
           {"served enough", both, 1000, 0, RecycleReason::kRequests},
           {"old", both, 0, 60 * kSecond, RecycleReason::kAge},
           {"no limit", {}, UINT64_MAX - 1, kNever - 1, RecycleReason::kNone},
           {"no limit of age", {.requests_max = 5}, 4, kNever - 1, RecycleReason::kNone},
           {"no limit of requests", {.age_max = 5}, UINT64_MAX - 1, 4, RecycleReason::kNone},
       }) {
    const RecycleLimits limits = DrawRecycleLimits(c.policy, 0, 0);
    EXPECT_EQ(RecycleDue(limits, c.served, c.now), c.reason) << c.name;
  }
}

TEST(Recycle, JitterLowersTheLimitsAndNeverRaisesThem) {
  const RecyclePolicy policy{.requests_max = 1000, .age_max = 100 * kSecond, .jitter = 0.2};
  struct Case {
    double random;
    uint64_t requests;
    Nanos at;
  };
  for (const Case& c : std::vector<Case>{
           {0, 1000, 107 * kSecond}, {0.5, 900, 97 * kSecond}, {0.75, 850, 92 * kSecond}}) {
    const RecycleLimits limits = DrawRecycleLimits(policy, 7 * kSecond, c.random);
    EXPECT_EQ(limits.requests, c.requests) << c.random;
    EXPECT_EQ(limits.at, c.at) << c.random;
  }
}

TEST(Recycle, WorkersThatStartTogetherDoNotLeaveTogether) {
  const RecyclePolicy policy{.requests_max = 10'000, .age_max = 3600 * kSecond};
  std::set<uint64_t> requests;
  std::set<Nanos> ages;
  for (int worker = 0; worker < 32; ++worker) {
    const RecycleLimits limits = DrawRecycleLimits(policy, 0, worker / 32.0);
    requests.insert(limits.requests);
    ages.insert(limits.at);
  }
  EXPECT_EQ(requests.size(), 32u);
  EXPECT_EQ(ages.size(), 32u);
}

TEST(Recycle, EveryWorkerServesAtLeastOneRequest) {
  EXPECT_EQ(DrawRecycleLimits({.requests_max = 1, .jitter = 1}, 0, 0.9).requests, 1u);
}

}  // namespace
}  // namespace troupe::policy
