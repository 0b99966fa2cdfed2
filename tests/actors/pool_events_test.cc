#include "runtime/actors/pool_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace troupe {
namespace {

using testing::HasSubstr;

class PoolEventsTest : public testing::Test {
 protected:
  std::vector<admin::v1::Event> Told() const { return log.From(1, 10'000).events; }
  void Die(int count) {
    for (int i = 0; i < count; ++i) {
      events.Add(now, "worker-died", "death " + std::to_string(++deaths), {{"worker", "w"}});
    }
  }

  telemetry::EventLog log;
  PoolEvents events{&log, "pools/echo"};
  Nanos now = 1000 * kNanosPerSecond;
  int deaths = 0;
};

TEST_F(PoolEventsTest, TellsWhatHappensOnceWithItsPoolAndDetails) {
  Die(1);
  ASSERT_EQ(Told().size(), 1u);
  EXPECT_EQ(Told()[0].kind(), "worker-died");
  EXPECT_EQ(Told()[0].pool(), "pools/echo");
  EXPECT_EQ(Told()[0].text(), "death 1");
  EXPECT_EQ(Told()[0].details().at("worker"), "w");
}

TEST_F(PoolEventsTest, CountsWhatRepeatsAndTellsTheCountWhenTheTimeIsOver) {
  Die(PoolEvents::kToldMax + 3);
  EXPECT_EQ(Told().size(), size_t{PoolEvents::kToldMax});
  now += PoolEvents::kPeriod - 1;
  events.TellCounted(now);
  EXPECT_EQ(Told().size(), size_t{PoolEvents::kToldMax});
  now += 1;
  events.TellCounted(now);
  ASSERT_EQ(Told().size(), size_t{PoolEvents::kToldMax + 1});
  EXPECT_EQ(Told().back().kind(), "worker-died");
  EXPECT_EQ(Told().back().details().at("count"), "3");
  EXPECT_THAT(Told().back().text(), HasSubstr("death 8")) << "the last one";
  events.TellCounted(now + PoolEvents::kPeriod);
  EXPECT_EQ(Told().size(), size_t{PoolEvents::kToldMax + 1}) << "it is told once";
}

TEST_F(PoolEventsTest, TellsAgainOneByOneAfterAQuietTime) {
  Die(PoolEvents::kToldMax);
  now += PoolEvents::kPeriod;
  Die(1);
  EXPECT_EQ(Told().size(), size_t{PoolEvents::kToldMax + 1});
  EXPECT_EQ(Told().back().text(), "death 6");
}

TEST_F(PoolEventsTest, OneKindDoesNotHideAnother) {
  Die(100);
  events.Add(now, "pool-failed", "it failed");
  EXPECT_EQ(Told().back().kind(), "pool-failed");
}

TEST_F(PoolEventsTest, AStormOfAMinuteMakesDozensAndLosesNone) {
  constexpr int kStorm = 100'000;
  for (int i = 0; i < kStorm; ++i) {
    Die(1);
    now += 60 * kNanosPerSecond / kStorm;
  }
  events.TellCounted(now + PoolEvents::kPeriod);
  const std::vector<admin::v1::Event> told = Told();
  EXPECT_LE(told.size(), 42u);
  int64_t sum = 0;
  for (const admin::v1::Event& event : told) {
    const auto count = event.details().find("count");
    sum += count == event.details().end() ? 1 : std::stoll(count->second);
  }
  EXPECT_EQ(sum, kStorm);
}

TEST_F(PoolEventsTest, NobodyNeedsToWatch) {
  PoolEvents unseen(nullptr, "pools/echo");
  unseen.Add(now, "worker-died", "");
  unseen.TellCounted(now + PoolEvents::kPeriod);
}

}  // namespace
}  // namespace troupe
