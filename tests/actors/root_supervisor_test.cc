#include "runtime/actors/root_supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/actors/pool_fixture.h"

namespace troupe {
namespace {

using telemetry::Cause;
using testing::ElementsAre;

struct Diary {
  std::vector<std::string> lines;
  bool next_start_fails = false;
};

// Writes down when it is started and stopped.
class Diarist final : public Service {
 public:
  Diarist(std::string name, Diary& diary) : name_(std::move(name)), diary_(diary) {}
  void Mount(Routes& routes) override { routes.Get("/", this, &Diarist::Name); }
  absl::Status Start() override {
    diary_.lines.push_back("start " + name_);
    return std::exchange(diary_.next_start_fails, false) ? absl::UnavailableError("told to fail")
                                                         : absl::OkStatus();
  }
  void Stop() override { diary_.lines.push_back("stop " + name_); }

 private:
  std::string Name() { return name_; }
  const std::string name_;
  Diary& diary_;
};

// Three pools over one reactor.
class RootSupervisorTest : public testing::Test {
 protected:
  RootSupervisorTest() {
    for (const char* name : {"a", "b", "c"}) {
      entries.push_back({name, "", [this, name](ServiceOptions&) {
                           return std::make_unique<Diarist>(name, diary);
                         }});
    }
    for (const ServiceEntry& entry : entries) {
      PoolSpec spec;
      spec.name = entry.name;
      spec.policy.in_flight_max = 10;
      pools.push_back(Pool::Make(std::move(spec), entry).value());
      pools.back()->Attach({&*reactor});
    }
    root = LeanActor::Spawn<RootSupervisor>(*control, *control, pools,
                                            std::vector<Reactor*>{&*reactor});
    root->Start();
    Settle();
  }
  ~RootSupervisorTest() override {
    root->Stop();
    Settle();
    EXPECT_TRUE(root->stopped());
    EXPECT_TRUE(root->StopExecutors(0));
    root->End();
    Settle();
    EXPECT_FALSE(root->alive());
  }

  void Settle() {
    for (int i = 0; i < 8; ++i) {
      control->Step();
      reactor->Step();
    }
  }
  void Pass(Nanos time) {
    Settle();
    clock.Advance(time);
    Settle();
  }
  // The supervisor of the pool with that number ends as an actor may that somebody kills.
  void Kill(size_t pool) {
    root->supervisor(pool).SendExit();
    Settle();
  }

  TestSystem system;
  ManualClock clock;
  Diary diary;
  std::vector<ServiceEntry> entries;
  Pools pools;
  SteppedReactor control{system.system(), clock};
  SteppedReactor reactor{system.system(), clock};
  ActorRef<RootSupervisor> root;
};

TEST_F(RootSupervisorTest, StartsThePoolsInTheirOrderAndStopsThemInItsReverse) {
  EXPECT_THAT(diary.lines, ElementsAre("start a", "start b", "start c"));
  diary.lines.clear();
  root->Stop();
  Settle();
  EXPECT_TRUE(root->stopped());
  EXPECT_THAT(diary.lines, ElementsAre("stop c", "stop b", "stop a"));
}

// The case of OTP's supervisor_SUITE: whoever supervises a child restarts it, and nobody above.
TEST_F(RootSupervisorTest, Tree) {
  diary.lines.clear();
  diary.next_start_fails = true;
  PoolSupervisor* supervisor = &root->supervisor(1);
  ASSERT_TRUE(supervisor->RestartWorker(1).ok());
  Settle();
  EXPECT_EQ(supervisor->deaths(), 1u) << "its worker did not start again";
  Pass(kNanosPerSecond);
  EXPECT_THAT(diary.lines, ElementsAre("stop b", "start b", "start b"));
  EXPECT_EQ(&root->supervisor(1), supervisor);
  EXPECT_EQ(pools[1]->workers_running(), 1);
}

TEST_F(RootSupervisorTest, PutsANewOneInThePlaceOfOneThatDiesAndLeavesTheOthersAlone) {
  diary.lines.clear();
  PoolSupervisor* dead = &root->supervisor(1);
  Kill(1);
  EXPECT_THAT(diary.lines, ElementsAre("stop b")) << "its workers end with it";
  EXPECT_FALSE(dead->alive());
  EXPECT_EQ(pools[1]->workers_running(), 0);
  Pass(kNanosPerSecond);
  EXPECT_NE(&root->supervisor(1), dead);
  EXPECT_EQ(root->supervisor(1).state(), PoolSupervisor::State::kRunning);
  EXPECT_THAT(diary.lines, ElementsAre("stop b", "start b"));
  EXPECT_EQ(pools[1]->workers_running(), 1);
}

TEST_F(RootSupervisorTest, TheNewOneWorksUnderThePolicyThatWasInEffectAndOpensThePool) {
  PoolPolicy policy = root->supervisor(0).policy();
  policy.in_flight_max = 3;
  root->supervisor(0).Apply(policy);
  root->supervisor(0).Suspend("test");
  Kill(0);
  EXPECT_EQ(pools[0]->closed(), Cause::kPoolSuspended);
  Pass(kNanosPerSecond);
  EXPECT_EQ(pools[0]->in_flight_max(), 3u);
  EXPECT_EQ(pools[0]->closed(), Cause::kNone);
}

TEST_F(RootSupervisorTest, AfterTooManyDeathsThePoolIsFailedUntilTheNextTry) {
  int deaths = 0;
  while (pools[2]->closed() == Cause::kNone && deaths < 100) {
    Kill(2);
    ++deaths;
    if (pools[2]->closed() == Cause::kNone) Pass(1600 * kNanosPerMilli);
  }
  EXPECT_EQ(pools[2]->closed(), Cause::kPoolFailed);
  EXPECT_GT(deaths, 2);
  EXPECT_EQ(pools[0]->closed(), Cause::kNone);
  Pass(60 * kNanosPerSecond);
  EXPECT_EQ(pools[2]->closed(), Cause::kNone);
  EXPECT_EQ(pools[2]->workers_running(), 1);
}

TEST_F(RootSupervisorTest, OnceItStopsNobodyIsStartedAnyMore) {
  Kill(0);
  root->Stop();
  Settle();
  EXPECT_TRUE(root->stopped());
  diary.lines.clear();
  Kill(1);
  Pass(60 * kNanosPerSecond);
  EXPECT_THAT(diary.lines, ElementsAre());
}

TEST_F(RootSupervisorTest, ShouldItDieItselfThePoolsGoOnAndCanStillBeStopped) {
  root->SendExit();
  Settle();
  EXPECT_FALSE(root->alive());
  for (const auto& pool : pools) EXPECT_EQ(pool->workers_running(), 1);
}

}  // namespace
}  // namespace troupe
