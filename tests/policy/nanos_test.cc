#include "runtime/policy/nanos.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace troupe {
namespace {

TEST(Nanos, SecondsThatDoNotFitAreNever) {
  struct Case {
    double seconds;
    Nanos nanos;
  };
  for (const Case& c : std::vector<Case>{
           {0, 0},
           {-1, -kNanosPerSecond},
           {2.5, 2500 * kNanosPerMilli},
           {9.2e9, 9'200'000'000 * kNanosPerSecond},
           {9.3e9, kNever},
           {std::numeric_limits<double>::infinity(), kNever},
           {std::numeric_limits<double>::quiet_NaN(), kNever},
       }) {
    EXPECT_EQ(FromSeconds(c.seconds), c.nanos) << c.seconds;
  }
  EXPECT_EQ(ToSeconds(1500 * kNanosPerMilli), 1.5);
  EXPECT_EQ(ToMillis(kNanosPerMilli / 2), 0.5);
}

}  // namespace
}  // namespace troupe
