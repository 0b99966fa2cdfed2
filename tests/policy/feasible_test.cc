#include "runtime/policy/feasible.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/policy/units.h"

namespace troupe::policy {
namespace {

TEST(Feasible, WorkIsStartedOnlyIfItsDeadlineCanBeMet) {
  struct Case {
    const char* name;
    Nanos served;  // 0: nothing yet
    Nanos left;    // until the deadline
    bool feasible;
  };
  for (const Case& c : std::vector<Case>{
           {"enough time", 50 * kMs, 60 * kMs, true},
           {"just enough", 50 * kMs, 50 * kMs, true},
           {"too little", 50 * kMs, 50 * kMs - 1, false},
           {"nothing known", 0, 1, true},
           {"nothing known, too late", 0, 0, false},
           {"long past", 50 * kMs, -kMs, false},
       }) {
    Feasibility feasibility;
    if (c.served > 0) feasibility.OnServed(c.served);
    EXPECT_EQ(feasibility.Feasible(1000 * kMs, 1000 * kMs + c.left), c.feasible) << c.name;
  }
}

TEST(Feasible, WorkWithoutDeadlineIsAlwaysStarted) {
  Feasibility feasibility;
  feasibility.OnServed(3600 * kNanosPerSecond);
  EXPECT_TRUE(feasibility.Feasible(0, kNever));
}

TEST(Feasible, ExpectationFollowsWhatIsServed) {
  Feasibility feasibility;
  feasibility.OnServed(10 * kMs);
  EXPECT_EQ(feasibility.expected(), 10 * kMs);
  feasibility.OnServed(90 * kMs);
  EXPECT_EQ(feasibility.expected(), 20 * kMs) << "one sample alone counts little";
  for (int i = 0; i < 100; ++i) feasibility.OnServed(90 * kMs);
  EXPECT_GT(feasibility.expected(), 89 * kMs);
}

TEST(Feasible, ExpectationThatIsTooHighDoesNotRefuseForEver) {
  Feasibility feasibility;
  feasibility.OnServed(1000 * kMs);
  int refused = 0;
  while (!feasibility.Feasible(0, 100 * kMs)) ASSERT_LT(++refused, 200);
  EXPECT_GT(refused, 10);
}

}  // namespace
}  // namespace troupe::policy
