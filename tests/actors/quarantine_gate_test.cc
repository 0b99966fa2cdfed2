#include "runtime/actors/quarantine_gate.h"

#include <gtest/gtest.h>

#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

using policy::QuarantineMode;
using telemetry::Cause;

class QuarantineGateTest : public testing::Test, protected OneReactor {
 protected:
  ~QuarantineGateTest() override { reactor->exchanges().Free(exchange); }
  static policy::QuarantinePolicy PolicyOf(QuarantineMode mode) {
    policy::QuarantinePolicy policy;
    policy.mode = mode;
    policy.kills_max = 2;
    policy.share_max = 1;
    return policy;
  }
  Exchange& Asks(uint32_t route, std::string_view query) {
    exchange.handler = route;
    exchange.data.head.query = query;
    return exchange;
  }

  Exchange& exchange = reactor->exchanges().New();
  const std::vector<std::string> routes{"GET /a", "GET /b"};
};

TEST_F(QuarantineGateTest, ShedsAShapeThatHasKilledTooOftenAndNoOther) {
  QuarantineGate gate(PolicyOf(QuarantineMode::kEnforce), routes);
  EXPECT_EQ(gate.Judge(Asks(0, "poison=1")), Cause::kNone);
  EXPECT_FALSE(gate.OnKill(exchange));
  EXPECT_EQ(gate.Judge(exchange), Cause::kNone) << "once may be chance";
  EXPECT_TRUE(gate.OnKill(exchange));
  EXPECT_EQ(gate.Judge(exchange), Cause::kQuarantined);
  EXPECT_EQ(gate.Judge(Asks(0, "poison=2")), Cause::kQuarantined) << "values are no part of it";
  EXPECT_EQ(gate.Judge(Asks(0, "other=1")), Cause::kNone);
  EXPECT_EQ(gate.Judge(Asks(1, "poison=1")), Cause::kNone);
}

TEST_F(QuarantineGateTest, OnlyListsWhenItObserves) {
  QuarantineGate gate(PolicyOf(QuarantineMode::kObserve), routes);
  for (int i = 0; i < 3; ++i) gate.OnKill(Asks(0, "poison"));
  EXPECT_EQ(gate.Judge(exchange), Cause::kNone);
  ASSERT_EQ(gate.entries().size(), 1u);
  EXPECT_EQ(gate.entries()[0].kills, 3);
  EXPECT_EQ(gate.entries()[0].fingerprint, gate.FingerprintOf(exchange));
}

TEST_F(QuarantineGateTest, DoesNothingWhenItIsOff) {
  QuarantineGate gate(PolicyOf(QuarantineMode::kOff), routes);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(gate.OnKill(Asks(0, "poison")));
  EXPECT_EQ(gate.Judge(exchange), Cause::kNone);
  EXPECT_TRUE(gate.entries().empty());
}

TEST_F(QuarantineGateTest, ServesAgainWhatAnOperatorReleases) {
  QuarantineGate gate(PolicyOf(QuarantineMode::kEnforce), routes);
  for (int i = 0; i < 2; ++i) gate.OnKill(Asks(0, "poison"));
  EXPECT_FALSE(gate.Release(12345));
  EXPECT_TRUE(gate.Release(gate.FingerprintOf(exchange)));
  EXPECT_EQ(gate.Judge(exchange), Cause::kNone);
}

}  // namespace
}  // namespace troupe
