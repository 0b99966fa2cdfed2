#include "runtime/actors/slow_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

using testing::UnorderedElementsAre;

class SlowRequestsTest : public testing::Test {
 protected:
  // As the request path does.
  void Offer(Nanos took, const std::string& name = "") {
    if (took <= slow.threshold()) return;
    admin::v1::Request request;
    request.set_name(name);
    slow.Keep(took, request);
  }
  void Fill(Nanos took) {
    while (slow.List().size() < SlowRequests::kKept) Offer(took, "filling");
  }
  std::vector<std::string> NamesBut(const std::string& left_out) const {
    std::vector<std::string> names;
    for (const admin::v1::Request& each : slow.List()) {
      if (each.name() != left_out) names.push_back(each.name());
    }
    return names;
  }
  void Pass(Nanos time) {
    one.clock.Advance(time);
    one.reactor->Step();
    one.reactor->Step();
  }

  OneReactor one;
  SlowRequests slow{*one.reactor};
};

TEST_F(SlowRequestsTest, TakesAllUntilItIsFull) {
  Offer(2, "fast");
  Offer(1, "faster");
  EXPECT_THAT(NamesBut(""), UnorderedElementsAre("fast", "faster"));
  EXPECT_EQ(slow.threshold(), 0);
}

TEST_F(SlowRequestsTest, WhatIsSlowerTakesThePlaceOfTheFastest) {
  Offer(10, "fastest");
  Fill(20);
  EXPECT_EQ(slow.threshold(), 10);
  Offer(15, "slow");
  EXPECT_EQ(slow.threshold(), 15);
  EXPECT_EQ(slow.List().size(), SlowRequests::kKept);
  EXPECT_THAT(NamesBut("filling"), UnorderedElementsAre("slow"));
}

TEST_F(SlowRequestsTest, WhatIsNotSlowerDoesNotEnter) {
  Fill(20);
  Offer(20, "as slow");
  Offer(19, "faster");
  EXPECT_TRUE(NamesBut("filling").empty());
}

TEST_F(SlowRequestsTest, WhatIsOldLeavesSoThatWhatIsSlowNowEnters) {
  Fill(20);
  Pass(SlowRequests::kAge / 2);
  Offer(30, "later");
  Pass(SlowRequests::kAge / 2 + kNanosPerSecond);
  EXPECT_THAT(NamesBut(""), UnorderedElementsAre("later"));
  Offer(1, "now");
  EXPECT_THAT(NamesBut(""), UnorderedElementsAre("later", "now"));
  Pass(SlowRequests::kAge / 2);
  EXPECT_THAT(NamesBut(""), UnorderedElementsAre("now")) << "each leaves at its own time";
}

}  // namespace
}  // namespace troupe
