#include "runtime/telemetry/outcome.h"

#include <gtest/gtest.h>

#include <set>

namespace troupe::telemetry {
namespace {

TEST(Outcome, EachHasANameOfItsOwn) {
  const std::set<std::string_view> names(kOutcomeNames.begin(), kOutcomeNames.end());
  EXPECT_EQ(names.size(), kOutcomeCount);
  EXPECT_EQ(OutcomeName(Outcome::kAnswered), "ANSWERED");
  EXPECT_EQ(OutcomeName(Outcome::kClientGone), "CLIENT_GONE");
}

}  // namespace
}  // namespace troupe::telemetry
