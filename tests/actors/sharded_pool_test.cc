#include "runtime/actors/sharded_pool.h"

#include <gtest/gtest.h>

#include "tests/actors/pool_fixture.h"

namespace troupe {
namespace {

using telemetry::Cause;

class ShardedPoolTest : public PoolFixture {
 protected:
  void Make(uint32_t in_flight_max, uint32_t queue_max) {
    PoolSpec spec;
    spec.placement = Placement::kReactor;
    spec.policy.workers_min = spec.policy.workers_max = 2;
    spec.policy.in_flight_max = in_flight_max;
    spec.policy.queue_max = queue_max;
    MakePool(std::move(spec));
  }
  PoolShard& shard(int reactor) { return static_cast<ShardedPool&>(*pool).shard(reactor); }
  Worker& StartOn(size_t reactor) { return StartWorker(reactor, shard(static_cast<int>(reactor))); }
  uint32_t waiting() { return static_cast<ShardedPool&>(*pool).waiting(); }
};

TEST_F(ShardedPoolTest, AdmitsAsManyAsItsWorkersMayHaveInFlight) {
  Make(/*in_flight_max=*/2, /*queue_max=*/0);
  StartOn(0);
  StartOn(0);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Admit(0, Route::kSleep), kAdmitted) << i;
  EXPECT_EQ(Admit(0, Route::kSleep), Cause::kQueueFull);
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>(4, "slept"));
  EXPECT_EQ(Admit(0, Route::kSleep), kAdmitted) << "there is room again";
}

TEST_F(ShardedPoolTest, ChoosesTheLeastBusyWorker) {
  Make(/*in_flight_max=*/10, /*queue_max=*/0);
  Worker& first = StartOn(0);
  Worker& second = StartOn(0);
  for (int i = 0; i < 6; ++i) Admit(0, Route::kSleep);
  EXPECT_EQ(first.in_flight, 3u);
  EXPECT_EQ(second.in_flight, 3u);
}

TEST_F(ShardedPoolTest, SaysThatThereIsNoWorker) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  EXPECT_EQ(Admit(0, Route::kPlain), Cause::kNoWorker);
}

TEST_F(ShardedPoolTest, QueuesUpToItsBoundOnAllReactorsTogether) {
  Make(/*in_flight_max=*/1, /*queue_max=*/2);
  StartOn(0);
  StartOn(1);
  EXPECT_EQ(Admit(0, Route::kSleep), kAdmitted);
  EXPECT_EQ(Admit(1, Route::kSleep), kAdmitted);
  Exchange* queued = nullptr;
  EXPECT_EQ(Admit(0, Route::kSleep, &queued), kAdmitted);
  EXPECT_TRUE(queued->queued);
  EXPECT_EQ(Admit(1, Route::kSleep), kAdmitted);
  EXPECT_EQ(waiting(), 2u);
  EXPECT_EQ(Admit(0, Route::kSleep), Cause::kQueueFull);
  EXPECT_EQ(Admit(1, Route::kSleep), Cause::kQueueFull);
  Pass(kNanosPerSecond);
  EXPECT_EQ(waiting(), 0u);
  Pass(kNanosPerSecond);
  EXPECT_EQ(returned(0).size() + returned(1).size(), 4u);
}

TEST_F(ShardedPoolTest, AWorkerThatFinishesTakesTheOldestFromTheQueue) {
  Make(/*in_flight_max=*/1, /*queue_max=*/10);
  Worker& worker = StartOn(0);
  StartOn(1);
  Admit(1, Route::kSleep);  // so that nothing is forwarded
  std::vector<uint64_t> admitted;
  for (int i = 0; i < 4; ++i) {
    Exchange* exchange = nullptr;
    EXPECT_EQ(Admit(0, i == 0 ? Route::kSleep : Route::kPlain, &exchange), kAdmitted);
    admitted.push_back(exchange->data.id);
  }
  EXPECT_TRUE(returned(0).empty());
  Pass(kNanosPerSecond);
  std::vector<uint64_t> order;
  for (const Returned& each : returned(0)) order.push_back(each.id);
  EXPECT_EQ(order, admitted);
  EXPECT_EQ(worker.in_flight, 0u);
}

TEST_F(ShardedPoolTest, GivesUpWhatStillWaitsInItsQueue) {
  Make(/*in_flight_max=*/1, /*queue_max=*/1);
  StartOn(0);
  Admit(0, Route::kSleep);
  Exchange* queued = nullptr;
  ASSERT_EQ(Admit(0, Route::kSleep, &queued), kAdmitted);
  EXPECT_TRUE(Withdraw(0, *queued, /*tell_worker=*/true));
  EXPECT_FALSE(queued->out);
  EXPECT_EQ(waiting(), 0u);
  connections[0]->Forget(*queued);
  EXPECT_EQ(Admit(0, Route::kSleep), kAdmitted) << "its place is free";
  Pass(kNanosPerSecond);
  Pass(kNanosPerSecond);
  EXPECT_EQ(returned(0).size(), 2u);
}

TEST_F(ShardedPoolTest, TellsTheWorkerOfAWithdrawnExchange) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  StartOn(0);
  Exchange* exchange = nullptr;
  Admit(0, Route::kSleep, &exchange);
  EXPECT_FALSE(Withdraw(0, *exchange, /*tell_worker=*/true));
  Settle();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"cancelled"});
}

TEST_F(ShardedPoolTest, TellsAWorkerThatLeavesOfAWithdrawnExchangeToo) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  Worker& leaving = StartOn(0);
  Exchange* exchange = nullptr;
  Admit(0, Route::kSleep, &exchange);
  Tell(leaving, WorkerControl::Command::kDrain);
  Settle();
  EXPECT_FALSE(Withdraw(0, *exchange, /*tell_worker=*/true));
  Settle();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"cancelled"});
  EXPECT_FALSE(leaving.alive());
}

TEST_F(ShardedPoolTest, DoesNotTellTheWorkerWhenItIsNotToBeTold) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  StartOn(0);
  Exchange* exchange = nullptr;
  Admit(0, Route::kSleep, &exchange);
  EXPECT_FALSE(Withdraw(0, *exchange, /*tell_worker=*/false));
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"slept"});
}

TEST_F(ShardedPoolTest, ForwardsToAReactorWithRoomWhenItsOwnHasNone) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  StartOn(0);
  Worker& other = StartOn(1);
  Admit(0, Route::kSleep);
  EXPECT_EQ(Admit(0, Route::kSleep), kAdmitted);
  Settle();
  EXPECT_EQ(other.in_flight, 1u);
  EXPECT_EQ(Admit(0, Route::kSleep), Cause::kQueueFull);
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>(2, "slept"));
  EXPECT_EQ(other.in_flight, 0u);
}

class ForwardedInVainTest : public ShardedPoolTest {
 protected:
  // Reactor 0 forwards an exchange to reactor 1, whose last slot is taken before it arrives.
  Exchange& Forward(Route route = Route::kPlain) {
    Make(/*in_flight_max=*/1, /*queue_max=*/0);
    StartOn(0);
    StartOn(1);
    Admit(0, Route::kSleep);
    (*reactors[1])->Post([this] {
      WorkBatch batch;
      EXPECT_EQ(Handle(1).Admit(connections[1]->NewExchange(Route::kSleep), batch), kAdmitted);
    });
    Exchange* forwarded = nullptr;
    EXPECT_EQ(Admit(0, route, &forwarded), kAdmitted);
    (*reactors[1])->Step();
    EXPECT_EQ(shard(1).waiting(), 1u);
    return *forwarded;
  }
};

TEST_F(ForwardedInVainTest, IsServedLater) {
  Forward();
  Pass(kNanosPerSecond);
  EXPECT_EQ(waiting(), 0u);
  EXPECT_EQ(returned(0).size(), 2u);
}

TEST_F(ForwardedInVainTest, ComesHomeNotBegunForItsTimeInTheQueueIsOver) {
  Exchange& forwarded = Forward();
  uint64_t id = forwarded.data.id;
  EXPECT_FALSE(Withdraw(0, forwarded, /*tell_worker=*/false)) << "it is not here";
  Settle();
  EXPECT_EQ(waiting(), 0u);
  ASSERT_EQ(returned(0).size(), 1u);
  EXPECT_EQ(returned(0)[0].id, id);
  EXPECT_FALSE(returned(0)[0].begun);
  EXPECT_EQ(returned(0)[0].failure, Cause::kQueueTimeout) << "and is not admitted once more";
}

TEST_F(ShardedPoolTest, ShedsWhatIsOnItsWayToAnotherReactorWhenThePoolIsClosed) {
  Make(/*in_flight_max=*/1, /*queue_max=*/1);
  StartOn(0);
  StartOn(1);
  Admit(0, Route::kSleep);
  ASSERT_EQ(Admit(0, Route::kPlain), kAdmitted);  // forwarded, but not there yet
  pool->Close(Cause::kPoolFailed);
  Settle();
  ASSERT_EQ(returned(0).size(), 1u);
  EXPECT_EQ(returned(0)[0].failure, Cause::kPoolFailed);
  pool->Close(Cause::kNone);
}

TEST_F(ShardedPoolTest, TellsTheWorkerOfAForwardedExchangeThatIsWithdrawn) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  StartOn(0);
  StartOn(1);
  Admit(0, Route::kSleep);
  Exchange* forwarded = nullptr;
  ASSERT_EQ(Admit(0, Route::kSleep, &forwarded), kAdmitted);
  Settle();
  EXPECT_FALSE(Withdraw(0, *forwarded, /*tell_worker=*/true));
  Settle();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"cancelled"});
}

TEST_F(ForwardedInVainTest, GoesOnToAReactorThatHasBecomeFreeMeanwhile) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  Worker& home = StartOn(0);
  StartOn(1);
  Exchange* first = nullptr;
  Admit(0, Route::kSleep, &first);
  (*reactors[1])->Post([this] {
    WorkBatch batch;
    EXPECT_EQ(Handle(1).Admit(connections[1]->NewExchange(Route::kSleep), batch), kAdmitted);
  });
  ASSERT_EQ(Admit(0, Route::kPlain), kAdmitted);  // on its way
  Withdraw(0, *first, /*tell_worker=*/true);
  for (int i = 0; i < 4; ++i) (*reactors[0])->Step();
  EXPECT_EQ(home.in_flight, 0u) << "and nothing waits anywhere yet";
  Settle();
  EXPECT_EQ(connections[0]->bodies(), (std::vector<std::string>{"cancelled", "plain"}));
}

TEST_F(ForwardedInVainTest, IsCancelledWhereItRunsThoughThatIsHomeAgain) {
  Exchange& forwarded = Forward(Route::kSleep);
  StartOn(0);  // asks for what waits
  EXPECT_EQ(waiting(), 0u);
  EXPECT_FALSE(Withdraw(0, forwarded, /*tell_worker=*/true));
  Settle();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"cancelled"});
}

TEST_F(ShardedPoolTest, AWorkerThatRunsDryTakesWhatWaitsOnAnotherReactor) {
  Make(/*in_flight_max=*/1, /*queue_max=*/10);
  StartOn(0);
  StartOn(1);
  Admit(1, Route::kSleep);
  Pass(kNanosPerSecond / 2);
  Admit(0, Route::kSleep);
  ASSERT_EQ(Admit(0, Route::kPlain), kAdmitted);
  Settle();
  EXPECT_EQ(waiting(), 1u);
  Pass(kNanosPerSecond / 2);  // now the worker of reactor 1 is free, that of reactor 0 is not
  EXPECT_EQ(waiting(), 0u);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"plain"});
}

TEST_F(ShardedPoolTest, AWorkerThatRunsDryTakesAsMuchAsItHasRoomFor) {
  Make(/*in_flight_max=*/3, /*queue_max=*/10);
  StartOn(0);
  StartOn(1);
  for (int i = 0; i < 3; ++i) Admit(1, Route::kSleep);
  Pass(kNanosPerSecond / 2);
  for (int i = 0; i < 3; ++i) Admit(0, Route::kSleep);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Admit(0, Route::kSleep), kAdmitted);
  Settle();
  EXPECT_EQ(waiting(), 3u);
  Pass(kNanosPerSecond / 2);
  EXPECT_EQ(waiting(), 0u) << "no exchange waits while a worker of its pool is free";
  Pass(kNanosPerSecond);
}

TEST_F(ShardedPoolTest, AWorkerThatJoinsTakesWhatWaits) {
  Make(/*in_flight_max=*/1, /*queue_max=*/10);
  StartOn(0);
  Admit(0, Route::kSleep);
  Admit(0, Route::kPlain);
  EXPECT_EQ(waiting(), 1u);
  StartOn(0);
  EXPECT_EQ(waiting(), 0u);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"plain"});
}

TEST_F(ShardedPoolTest, AWorkerThatJoinsTakesWhatWaitsOnAnotherReactor) {
  Make(/*in_flight_max=*/1, /*queue_max=*/10);
  StartOn(0);
  Admit(0, Route::kSleep);
  Admit(0, Route::kPlain);
  EXPECT_EQ(waiting(), 1u);
  StartOn(1);
  Settle();
  EXPECT_EQ(waiting(), 0u) << "no exchange waits while a worker of its pool is free";
}

TEST_F(ShardedPoolTest, PlacesNothingWithAWorkerThatHasLeft) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  StartOn(0);
  Worker& leaving = StartOn(1);
  Tell(leaving, WorkerControl::Command::kDrain);
  Settle();
  EXPECT_EQ(Admit(1, Route::kSleep), kAdmitted) << "goes to reactor 0";
  Settle();
  EXPECT_EQ(Admit(1, Route::kSleep), Cause::kNoWorker);
  EXPECT_EQ(Admit(0, Route::kSleep), Cause::kQueueFull);
  Pass(kNanosPerSecond);
  EXPECT_EQ(returned(1).size(), 1u);
}

TEST_F(ShardedPoolTest, AWorkerThatLeavesFinishesWhatItHasBegun) {
  Make(/*in_flight_max=*/2, /*queue_max=*/0);
  Worker& leaving = StartOn(0);
  Admit(0, Route::kSleep);
  Tell(leaving, WorkerControl::Command::kDrain);
  Settle();
  EXPECT_TRUE(leaving.alive());
  EXPECT_EQ(shard(0).free_slots(), 0u);
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"slept"});
  EXPECT_FALSE(leaving.alive());
  EXPECT_EQ(shard(0).free_slots(), 0u);
}

TEST_F(ShardedPoolTest, WhatIsAdmittedAgainGoesToAFreeWorkerAtOnceElseBeforeAllOthers) {
  Make(/*in_flight_max=*/1, /*queue_max=*/1);
  StartOn(0);
  ASSERT_EQ(Readmit(0, Route::kSleep).first, kAdmitted);
  Exchange* waiting = nullptr;
  ASSERT_EQ(Admit(0, Route::kPlain, &waiting), kAdmitted);
  const uint64_t second = waiting->data.id;
  auto [cause, first] = Readmit(0, Route::kPlain);
  ASSERT_EQ(cause, kAdmitted) << "beyond the bound, for it was admitted before";
  EXPECT_EQ(this->waiting(), 2u);
  Pass(kNanosPerSecond);
  ASSERT_EQ(returned(0).size(), 3u);
  EXPECT_EQ(returned(0)[0].body, "slept");
  EXPECT_EQ(returned(0)[1].id, first);
  EXPECT_EQ(returned(0)[2].id, second);
}

TEST_F(ShardedPoolTest, WhatIsAdmittedAgainGoesToAReactorWithRoom) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  StartOn(0);
  StartOn(1);
  ASSERT_EQ(Admit(0, Route::kSleep), kAdmitted);
  ASSERT_EQ(Readmit(0, Route::kPlain).first, kAdmitted);
  Settle();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"plain"});
}

TEST_F(ShardedPoolTest, DoesNotAdmitAgainWhenItIsClosed) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  StartOn(0);
  pool->Close(Cause::kPoolFailed);
  EXPECT_EQ(Readmit(0, Route::kPlain).first, Cause::kPoolFailed);
  EXPECT_EQ(Admit(0, Route::kPlain), Cause::kPoolFailed);
}

TEST_F(ShardedPoolTest, FreesTheSlotsOfAWorkerThatIsKilled) {
  Make(/*in_flight_max=*/2, /*queue_max=*/0);
  Worker& killed = StartOn(0);
  for (int i = 0; i < 2; ++i) ASSERT_EQ(Admit(0, Route::kSleep), kAdmitted);
  EXPECT_EQ(pool->in_flight(), 2u);
  killed.SendExit();
  Settle();
  EXPECT_EQ(pool->in_flight(), 0u);
  EXPECT_EQ(pool->workers_running(), 0);
  EXPECT_EQ(shard(0).free_slots(), 0u);
  StartOn(0);
  EXPECT_EQ(shard(0).free_slots(), 2u);
}

TEST_F(ShardedPoolTest, PublishesItsFreeSlots) {
  Make(/*in_flight_max=*/3, /*queue_max=*/0);
  EXPECT_EQ(shard(0).free_slots(), 0u);
  StartOn(0);
  EXPECT_EQ(shard(0).free_slots(), 3u);
  Admit(0, Route::kSleep);
  Admit(0, Route::kPlain);
  EXPECT_EQ(shard(0).free_slots(), 2u);
  Pass(kNanosPerSecond);
  EXPECT_EQ(shard(0).free_slots(), 3u);
}

}  // namespace
}  // namespace troupe
