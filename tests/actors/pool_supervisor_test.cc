#include "runtime/actors/pool_supervisor.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "runtime/actors/sharded_pool.h"
#include "tests/actors/sample_service.h"
#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

constexpr Nanos kMs = kNanosPerMilli;

// A control reactor and two that carry workers, all stepped by hand on one clock.
class PoolSupervisorTest : public testing::Test {
 protected:
  PoolSupervisorTest() {
    for (int i = 0; i < 2; ++i) {
      Reactor::Options options;
      options.index = i;
      reactors.push_back(std::make_unique<SteppedReactor>(system.system(), clock, options));
    }
  }
  ~PoolSupervisorTest() override {
    if (!supervisor) return;
    control.Run([&] { supervisor->Stop(); });
    while (!supervisor->stopped()) {
      Settle();
      std::this_thread::yield();
    }
    EXPECT_TRUE(supervisor->StopExecutors(5 * kNanosPerSecond));
    control.Run([&] { supervisor->End(); });
    supervisor = {};
  }

  void Make(Placement placement, uint32_t workers) {
    PoolSpec spec;
    spec.name = "sample";
    spec.placement = placement;
    spec.policy.workers_min = spec.policy.workers_max = workers;
    spec.policy.restart.backoff_min = 100 * kMs;
    spec.policy.restart.backoff_max = 1000 * kMs;
    spec.policy.restart.restarts_max = restarts_max;
    pool = *Pool::Make(std::move(spec), entry);
    std::vector<Reactor*> all = {&**reactors[0], &**reactors[1]};
    pool->Attach(all);
    supervisor = LeanActor::Spawn<PoolSupervisor>(*control, *control, *pool, all);
  }
  void Start() {
    control.Run([&] { supervisor->Start(); });
    Settle();
  }
  void Settle() {
    for (int i = 0; i < 8; ++i) {
      control->Step();
      for (auto& reactor : reactors) (*reactor)->Step();
    }
  }
  void Pass(Nanos time) {
    clock.Advance(time);
    Settle();
  }
  PoolShard& shard(int reactor) { return static_cast<ShardedPool&>(*pool).shard(reactor); }

  TestSystem system;
  ManualClock clock;
  SampleState state;
  ServiceEntry entry = SampleService::Entry(state);
  std::unique_ptr<Pool> pool;
  SteppedReactor control{system.system(), clock};
  std::vector<std::unique_ptr<SteppedReactor>> reactors;
  ActorRef<PoolSupervisor> supervisor;
  int restarts_max = 1000;
};

TEST_F(PoolSupervisorTest, StartsTheWorkersOfAReactorPoolOnEveryReactor) {
  Make(Placement::kReactor, 4);
  EXPECT_EQ(state.starts, 0);
  Start();
  EXPECT_EQ(state.starts, 4);
  EXPECT_EQ(pool->workers_running(), 4);
  EXPECT_EQ(shard(0).free_slots(), 2u);
  EXPECT_EQ(shard(1).free_slots(), 2u);
  EXPECT_EQ(supervisor->deaths(), 0u);
}

TEST_F(PoolSupervisorTest, ReplacesADeadWorkerAfterTheBackOffAndLeavesItsSiblingsAlone) {
  Make(Placement::kReactor, 2);
  state.starts_to_fail = 1;
  Start();
  EXPECT_EQ(supervisor->deaths(), 1u);
  EXPECT_EQ(pool->workers_running(), 1);
  EXPECT_EQ(state.starts, 2);
  Pass(79 * kMs);
  EXPECT_EQ(state.starts, 2) << "not before the back-off is over";
  Pass(43 * kMs);
  EXPECT_EQ(state.starts, 3);
  EXPECT_EQ(pool->workers_running(), 2);
  EXPECT_EQ(state.stops, 0) << "the sibling was not touched";
  EXPECT_EQ(state.instances, 2);
}

TEST_F(PoolSupervisorTest, DoublesTheBackOffWithEachDeathUpToItsMaximum) {
  Make(Placement::kReactor, 2);
  Start();
  control.Run([&] { supervisor->Stop(); });
  Settle();
  control.Run([&] { supervisor->End(); });
  state.starts = 0;
  state.starts_to_fail = 1000;
  Make(Placement::kReactor, 1);
  Start();
  int starts = 1;
  for (Nanos backoff : {100, 200, 400, 800, 1000, 1000}) {
    EXPECT_EQ(state.starts, starts) << backoff;
    Pass(backoff * 8 / 10 * kMs - kMs);
    EXPECT_EQ(state.starts, starts) << backoff << " ms less a fifth are not over";
    Pass(backoff * 4 / 10 * kMs + 2 * kMs);
    EXPECT_EQ(state.starts, ++starts) << backoff << " ms and a fifth are over";
  }
  EXPECT_EQ(supervisor->deaths(), static_cast<uint64_t>(starts));
  state.starts_to_fail = 0;
}

TEST_F(PoolSupervisorTest, ReturnsToTheShortestBackOffAfterAWorkerHasLivedLong) {
  Make(Placement::kReactor, 1);
  state.starts_to_fail = 4;
  Start();
  for (Nanos backoff : {100, 200}) Pass(backoff * 12 / 10 * kMs + kMs);
  ASSERT_EQ(state.starts, 3);
  // The fourth is made, but comes to its start, and its death, only after a long time.
  clock.Advance(481 * kMs);
  control->Step();
  clock.Advance(10'001 * kMs);
  Settle();
  ASSERT_EQ(state.starts, 4);
  Pass(121 * kMs);
  EXPECT_EQ(state.starts, 5);
  EXPECT_EQ(pool->workers_running(), 1);
}

TEST_F(PoolSupervisorTest, StartsNothingAnyMoreOnceItStops) {
  Make(Placement::kReactor, 2);
  state.starts_to_fail = 1;
  Start();
  control.Run([&] { supervisor->Stop(); });
  EXPECT_FALSE(supervisor->stopped());
  Settle();
  EXPECT_TRUE(supervisor->stopped());
  Pass(10'000 * kMs);
  EXPECT_EQ(state.starts, 2);
  EXPECT_EQ(state.stops, 1);
  EXPECT_EQ(state.instances, 0);
  EXPECT_EQ(supervisor->deaths(), 1u) << "the end of a drained worker is no death";
}

TEST_F(PoolSupervisorTest, RunsUserCodeOnTheThreadsOfItsExecutorsOnly) {
  for (Placement placement : {Placement::kShared, Placement::kDedicated}) {
    state.starts = state.stops = 0;
    Make(placement, 3);
    Start();
    while (pool->workers_running() < 3) std::this_thread::yield();
    EXPECT_EQ(state.instances, 3);
    control.Run([&] { supervisor->Stop(); });
    while (!supervisor->stopped()) {
      control->Step();
      std::this_thread::yield();
    }
    EXPECT_TRUE(supervisor->StopExecutors(5 * kNanosPerSecond));
    EXPECT_EQ(state.stops, 3);
    EXPECT_EQ(state.instances, 0);
    EXPECT_NE(state.destroyed_on.load(), std::this_thread::get_id());
    control.Run([&] { supervisor->End(); });
    supervisor = {};
  }
}

TEST_F(PoolSupervisorTest, AServiceThatDidNotStartDiesOnItsWorkersThreadToo) {
  Make(Placement::kDedicated, 1);
  state.starts_to_fail = 1;
  Start();
  while (supervisor->deaths() == 0) {
    control->Step();
    std::this_thread::yield();
  }
  EXPECT_EQ(state.instances, 0);
  EXPECT_NE(state.destroyed_on.load(), std::this_thread::get_id());
}

}  // namespace
}  // namespace troupe
