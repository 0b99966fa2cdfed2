// What a supervisor tells those who watch events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/actors/supervisor_fixture.h"

namespace troupe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SupervisorEventsTest : public SupervisorFixture {
 protected:
  std::vector<std::string> Kinds() const {
    std::vector<std::string> kinds;
    for (const admin::v1::Event& event : events.From(1, 1000).events) {
      EXPECT_EQ(event.pool(), "pools/sample");
      kinds.push_back(event.kind());
    }
    return kinds;
  }
  admin::v1::Event Last() const { return events.From(1, 1000).events.back(); }
  static std::string NameOf(uint64_t worker) {
    return "pools/sample/workers/" + std::to_string(worker);
  }
};

TEST_F(SupervisorEventsTest, AStartIsNothingToTell) {
  MakeAndStart(Placement::kReactor, 2);
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(SupervisorEventsTest, ADeathSaysWhoOfWhatAndTheNewWorkerWhosePlaceItTook) {
  MakeAndStart(Placement::kReactor, 1);
  const uint64_t victim = AnyWorker();
  KillOne();
  ASSERT_THAT(Kinds(), ElementsAre("worker-died"));
  EXPECT_EQ(Last().details().at("worker"), NameOf(victim));
  EXPECT_NE(Last().details().at("reason"), "");
  EXPECT_THAT(Last().details().at("decision"), HasSubstr("a new one starts in"));
  ASSERT_TRUE(UntilTicking([&] { return pool->workers_running() == 1; }));
  ASSERT_THAT(Kinds(), ElementsAre("worker-died", "worker-restarted"));
  EXPECT_EQ(Last().details().at("before"), NameOf(victim));
  EXPECT_EQ(Last().details().at("worker"), NameOf(AnyWorker()));
  EXPECT_EQ(Last().details().at("reason"), "died");
}

TEST_F(SupervisorEventsTest, AnOperatorsRestartIsTellableFromADeath) {
  MakeAndStart(Placement::kReactor, 1);
  ASSERT_TRUE(Ask([&] { return supervisor->RestartWorker(AnyWorker()); }).ok());
  ASSERT_TRUE(UntilTicking([&] { return !Kinds().empty(); }));
  EXPECT_THAT(Kinds(), ElementsAre("worker-restarted"));
  EXPECT_THAT(Last().details().at("reason"), HasSubstr("operator"));
}

TEST_F(SupervisorEventsTest, APoolThatFailsAndRecoversSaysBothAndWhy) {
  spec.policy.restart.restarts_max = 1;
  MakeAndStart(Placement::kReactor, 1);
  FailPool();
  EXPECT_THAT(Kinds(), testing::Contains("pool-failed"));
  ASSERT_TRUE(UntilTicking([&] { return supervisor->state() == State::kRunning; }));
  EXPECT_EQ(Kinds().back(), "pool-recovered");
  const std::vector<admin::v1::Event> told = events.From(1, 1000).events;
  const auto failed = std::find_if(told.begin(), told.end(), [](const admin::v1::Event& event) {
    return event.kind() == "pool-failed";
  });
  EXPECT_THAT(failed->details().at("reason"), HasSubstr("more than 1 worker died"));
}

TEST_F(SupervisorEventsTest, SuspendAndResumeSayWhy) {
  MakeAndStart(Placement::kReactor, 1);
  control.Run([&] { supervisor->Suspend("an upgrade"); });
  EXPECT_EQ(Last().details().at("reason"), "an upgrade");
  control.Run([&] { supervisor->Resume("it is done"); });
  EXPECT_EQ(Last().details().at("reason"), "it is done");
  EXPECT_THAT(Kinds(), ElementsAre("pool-suspended", "pool-resumed"));
}

TEST_F(SupervisorEventsTest, ScalingSaysFromWhereToWhereAndWhy) {
  spec.policy.workers_max = 3;
  MakeAndStart(Placement::kShared, 1);
  PoolPolicy wider = spec.policy;
  wider.workers_min = 2;
  control.Run([&] { supervisor->Apply(wider); });
  ASSERT_TRUE(UntilTicking([&] { return !Kinds().empty(); }));
  EXPECT_THAT(Kinds(), ElementsAre("pool-scaled"));
  EXPECT_EQ(Last().details().at("from"), "1");
  EXPECT_EQ(Last().details().at("to"), "2");
  EXPECT_THAT(Last().text(), HasSubstr("1 -> 2 workers"));
}

TEST_F(SupervisorEventsTest, AHangSaysWhoAndInWhat) {
  MakeAndStart(Placement::kDedicated, 1);
  const uint64_t victim = AnyWorker();
  ASSERT_EQ(Admit(0, Route::kBlock), kAdmitted);
  ASSERT_TRUE(Until([&] { return state.blocked == 1; }));
  PassForExecutors(5'001 * kMs);
  ASSERT_EQ(supervisor->abandoned(), 1);
  ASSERT_THAT(Kinds(), ElementsAre("worker-hung", "worker-restarted"));
  const admin::v1::Event hung = events.From(1, 1).events.front();
  EXPECT_EQ(hung.details().at("worker"), NameOf(victim));
  EXPECT_EQ(hung.details().at("replaced"), "true");
  EXPECT_EQ(Last().details().at("before"), NameOf(victim));
  state.open = true;
}

}  // namespace
}  // namespace troupe
