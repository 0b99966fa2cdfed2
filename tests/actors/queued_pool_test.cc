#include "runtime/actors/queued_pool.h"

#include <gtest/gtest.h>

#include <thread>

#include "runtime/reactor/executor.h"
#include "tests/actors/pool_fixture.h"

namespace troupe {
namespace {

using telemetry::Cause;

// The workers run on reactor 1 and the connections on reactor 0: two units, as with an executor,
// but stepped.
class QueuedPoolTest : public PoolFixture {
 protected:
  void Make(uint32_t in_flight_max, uint32_t queue_max) {
    PoolSpec spec;
    spec.placement = Placement::kShared;
    spec.policy.in_flight_max = in_flight_max;
    spec.policy.queue_max = queue_max;
    MakePool(std::move(spec));
  }
  QueuedPool& queued_pool() { return static_cast<QueuedPool&>(*pool); }
  Worker& Start() { return StartWorker(1, queued_pool()); }
};

TEST_F(QueuedPoolTest, AdmitsAsManyAsItsWorkersMayHaveInFlightThenQueuesThenSheds) {
  Make(/*in_flight_max=*/2, /*queue_max=*/1);
  Start();
  Start();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Admit(0, Route::kSleep), kAdmitted) << i;
  EXPECT_EQ(Admit(0, Route::kSleep), Cause::kQueueFull);
  Pass(kNanosPerSecond);
  EXPECT_EQ(returned(0).size(), 4u);
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>(5, "slept"));
}

TEST_F(QueuedPoolTest, ChoosesTheLeastBusyWorker) {
  Make(/*in_flight_max=*/10, /*queue_max=*/0);
  Worker& first = Start();
  Worker& second = Start();
  for (int i = 0; i < 6; ++i) {
    Admit(0, Route::kSleep);
    Settle();
  }
  EXPECT_EQ(first.in_flight, 3u);
  EXPECT_EQ(second.in_flight, 3u);
}

TEST_F(QueuedPoolTest, SaysThatThereIsNoWorker) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  EXPECT_EQ(Admit(0, Route::kPlain), Cause::kNoWorker);
}

TEST_F(QueuedPoolTest, AWorkerThatJoinsOrFinishesTakesTheOldestFromTheQueue) {
  Make(/*in_flight_max=*/1, /*queue_max=*/10);
  std::vector<uint64_t> admitted;
  for (int i = 0; i < 5; ++i) {
    Exchange* exchange = nullptr;
    EXPECT_EQ(Admit(0, Route::kPlain, &exchange), kAdmitted);
    admitted.push_back(exchange->data.id);
  }
  Worker& worker = Start();
  Settle();
  std::vector<uint64_t> order;
  for (const Returned& each : returned(0)) order.push_back(each.id);
  EXPECT_EQ(order, admitted);
  EXPECT_EQ(worker.in_flight, 0u);
}

TEST_F(QueuedPoolTest, GivesUpWhatStillWaitsInItsQueue) {
  Make(/*in_flight_max=*/1, /*queue_max=*/1);
  Start();
  Admit(0, Route::kSleep);
  Settle();
  Exchange* queued = nullptr;
  ASSERT_EQ(Admit(0, Route::kSleep, &queued), kAdmitted);
  EXPECT_TRUE(Withdraw(0, *queued, /*tell_worker=*/true));
  EXPECT_FALSE(queued->out);
  connections[0]->Forget(*queued);
  EXPECT_EQ(Admit(0, Route::kSleep), kAdmitted) << "its place is free";
  Pass(kNanosPerSecond);
  Pass(kNanosPerSecond);
  EXPECT_EQ(returned(0).size(), 2u);
}

TEST_F(QueuedPoolTest, TellsTheWorkerOfAWithdrawnExchange) {
  Make(/*in_flight_max=*/1, /*queue_max=*/1);
  Start();
  Exchange* exchange = nullptr;
  Admit(0, Route::kSleep, &exchange);
  Settle();
  EXPECT_FALSE(Withdraw(0, *exchange, /*tell_worker=*/false));
  Settle();
  EXPECT_TRUE(returned(0).empty()) << "not when it is not to be told";
  EXPECT_FALSE(Withdraw(0, *exchange, /*tell_worker=*/true));
  Settle();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"cancelled"});
}

TEST_F(QueuedPoolTest, TellsAWorkerThatLeavesOfAWithdrawnExchangeToo) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  Worker& leaving = Start();
  Exchange* exchange = nullptr;
  Admit(0, Route::kSleep, &exchange);
  Settle();
  Tell(leaving, WorkerControl::Command::kDrain);
  Settle();
  EXPECT_FALSE(Withdraw(0, *exchange, /*tell_worker=*/true));
  Settle();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"cancelled"});
  EXPECT_FALSE(leaving.alive());
}

TEST_F(QueuedPoolTest, CountsWhatAWorkerEndsAfterItHasLeft) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  Worker& leaving = Start();
  Admit(0, Route::kSleep);
  Settle();
  Tell(leaving, WorkerControl::Command::kDrain);
  Pass(kNanosPerSecond);
  EXPECT_EQ(pool->ReadTally(clock.Steady()).ended, 1u);
  EXPECT_EQ(pool->in_flight(), 0u);
}

TEST_F(QueuedPoolTest, WhatIsWithdrawnBeforeAWorkerHasTakenItIsHomeAtOnce) {
  Make(/*in_flight_max=*/1, /*queue_max=*/1);
  Start();
  Exchange* exchange = nullptr;
  Admit(0, Route::kPlain, &exchange);
  EXPECT_TRUE(Withdraw(0, *exchange, /*tell_worker=*/true));
  connections[0]->Forget(*exchange);
  Settle();
  EXPECT_TRUE(returned(0).empty());
  EXPECT_EQ(Admit(0, Route::kPlain), kAdmitted);
  Settle();
  EXPECT_EQ(returned(0).size(), 1u);
}

TEST_F(QueuedPoolTest, PlacesNothingWithAWorkerThatHasLeft) {
  Make(/*in_flight_max=*/1, /*queue_max=*/1);
  Worker& worker = Start();
  Tell(worker, WorkerControl::Command::kDrain);
  Settle();
  EXPECT_EQ(Admit(0, Route::kPlain), kAdmitted) << "the queue is open";
  EXPECT_EQ(Admit(0, Route::kPlain), Cause::kNoWorker);
  Start();
  Settle();
  EXPECT_EQ(returned(0).size(), 1u);
}

TEST_F(QueuedPoolTest, WhatADyingWorkerWasWokenForGoesToAnother) {
  Make(/*in_flight_max=*/1, /*queue_max=*/0);
  Start();
  Worker& woken = Start();  // the one that parked last
  Tell(woken, WorkerControl::Command::kDrain);
  EXPECT_EQ(Admit(0, Route::kPlain), kAdmitted);
  Settle();
  EXPECT_FALSE(woken.alive());
  ASSERT_EQ(returned(0).size(), 1u);
  EXPECT_TRUE(returned(0)[0].answered);
}

TEST_F(QueuedPoolTest, WhatIsCriticalTakesThePlaceOfWhatIsLower) {
  Make(/*in_flight_max=*/1, /*queue_max=*/2);
  auto with = [](Priority priority) {
    return [priority](Exchange& exchange) { exchange.priority = priority; };
  };
  ASSERT_EQ(AdmitPrepared(0, Route::kPlain, with(Priority::kNormal)), kAdmitted);
  ASSERT_EQ(AdmitPrepared(0, Route::kPlain, with(Priority::kLow)), kAdmitted);
  EXPECT_EQ(AdmitPrepared(0, Route::kPlain, with(Priority::kLow)), Cause::kNoWorker);
  EXPECT_EQ(AdmitPrepared(0, Route::kPlain, with(Priority::kCritical)), kAdmitted);
  EXPECT_EQ(AdmitPrepared(0, Route::kPlain, with(Priority::kCritical)), kAdmitted);
  EXPECT_EQ(AdmitPrepared(0, Route::kPlain, with(Priority::kCritical)), Cause::kNoWorker)
      << "it does not grow without a bound either";
  EXPECT_EQ(pool->waiting(), 2u);
  Settle();
  ASSERT_EQ(returned(0).size(), 2u);
  for (const Returned& each : returned(0)) EXPECT_EQ(each.failure, Cause::kQueueFull);
  EXPECT_EQ(pool->ReadTally(clock.Steady()).shed, 4u);
  Start();
  Settle();
  EXPECT_EQ(returned(0).size(), 4u);
}

TEST_F(QueuedPoolTest, DoesNotBeginWhatCannotMeetItsDeadline) {
  Make(/*in_flight_max=*/1, /*queue_max=*/5);
  Start();
  Admit(0, Route::kSleep);
  Pass(kNanosPerSecond);  // now it knows that a request takes a second
  Admit(0, Route::kSleep);
  Settle();
  auto until = [&](Nanos left) {
    return [this, left](Exchange& exchange) { exchange.deadline = clock.Steady() + left; };
  };
  ASSERT_EQ(AdmitPrepared(0, Route::kSleep, until(1200 * kNanosPerMilli)), kAdmitted);
  ASSERT_EQ(AdmitPrepared(0, Route::kPlain, until(kNever - clock.Steady())), kAdmitted);
  Pass(kNanosPerSecond);
  ASSERT_EQ(returned(0).size(), 4u);
  std::vector<Cause> not_begun;
  for (const Returned& each : returned(0)) {
    if (!each.begun) not_begun.push_back(each.failure);
  }
  EXPECT_EQ(not_begun, std::vector<Cause>{Cause::kHopeless});
  EXPECT_EQ(connections[0]->bodies().back(), "plain");
}

TEST_F(QueuedPoolTest, ShedsBeyondTheAdaptiveLimitButNotWhatIsCritical) {
  PoolSpec spec;
  spec.placement = Placement::kShared;
  spec.policy.in_flight_max = 100;
  spec.policy.queue_max = 100;
  spec.admission.adaptive.emplace();
  spec.admission.adaptive->initial = 3;
  MakePool(std::move(spec));
  Start();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Admit(0, Route::kSleep), kAdmitted);
  EXPECT_EQ(Admit(0, Route::kSleep), Cause::kOverLimit) << "whether they wait";
  Settle();
  EXPECT_EQ(Admit(0, Route::kSleep), Cause::kOverLimit) << "or are in flight";
  EXPECT_EQ(AdmitPrepared(0, Route::kPlain,
                          [](Exchange& exchange) { exchange.priority = Priority::kCritical; }),
            kAdmitted);
  Pass(kNanosPerSecond);
  EXPECT_EQ(Admit(0, Route::kPlain), kAdmitted);
  Settle();
}

TEST_F(QueuedPoolTest, SendsHomeWhatWaitsWithTheCauseThatItIsTold) {
  Make(/*in_flight_max=*/1, /*queue_max=*/2);
  for (int i = 0; i < 2; ++i) ASSERT_EQ(Admit(0, Route::kPlain), kAdmitted);
  pool->DropQueued(Cause::kPoolFailed);
  EXPECT_EQ(pool->waiting(), 0u);
  Settle();
  ASSERT_EQ(returned(0).size(), 2u);
  for (const Returned& each : returned(0)) EXPECT_EQ(each.failure, Cause::kPoolFailed);
}

TEST_F(QueuedPoolTest, AClosedPoolAdmitsNothingEvenAgain) {
  Make(/*in_flight_max=*/1, /*queue_max=*/2);
  Start();
  pool->Close(Cause::kPoolSuspended);
  EXPECT_EQ(Admit(0, Route::kPlain), Cause::kPoolSuspended);
  EXPECT_EQ(Readmit(0, Route::kPlain).first, Cause::kPoolSuspended);
}

TEST_F(QueuedPoolTest, WhatIsAdmittedAgainStandsBeforeAllOthersAndBeyondTheBound) {
  Make(/*in_flight_max=*/1, /*queue_max=*/1);
  Exchange* waiting = nullptr;
  ASSERT_EQ(Admit(0, Route::kPlain, &waiting), kAdmitted);
  const uint64_t second = waiting->data.id;
  auto [cause, first] = Readmit(0, Route::kPlain);
  ASSERT_EQ(cause, kAdmitted);
  Start();
  Settle();
  ASSERT_EQ(returned(0).size(), 2u);
  EXPECT_EQ(returned(0)[0].id, first);
  EXPECT_EQ(returned(0)[1].id, second);
}

TEST_F(QueuedPoolTest, FreesTheSlotsOfAWorkerThatIsKilled) {
  Make(/*in_flight_max=*/2, /*queue_max=*/0);
  Worker& killed = Start();
  for (int i = 0; i < 2; ++i) ASSERT_EQ(Admit(0, Route::kSleep), kAdmitted);
  Settle();
  EXPECT_EQ(pool->in_flight(), 2u);
  killed.SendExit();
  Settle();
  EXPECT_EQ(pool->in_flight(), 0u);
  EXPECT_EQ(pool->workers_running(), 0);
  ASSERT_EQ(returned(0).size(), 2u);
  for (const Returned& each : returned(0)) EXPECT_EQ(each.failure, Cause::kHandlerDropped);
  Start();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Admit(0, Route::kPlain), kAdmitted);
  Settle();
  EXPECT_EQ(pool->in_flight(), 0u);
}

// On real threads: nothing is lost or answered twice, and the bound of the queue holds all the
// time.
TEST_F(QueuedPoolTest, ServesAFloodFromSeveralThreadsCompletely) {
  constexpr size_t kRequests = 3000;
  Make(/*in_flight_max=*/4, /*queue_max=*/50);
  Executor executor(system.system(), "sample", 3);
  std::vector<ActorRef<Worker>> crew;
  for (int i = 0; i < 3; ++i) {
    crew.push_back(LeanActor::Spawn<Worker>(executor, executor, *pool, queued_pool(), origin));
    Tell(*crew.back(), WorkerControl::Command::kStart);
  }
  size_t admitted = 0;
  while (admitted < kRequests) {
    Cause cause = Admit(0, Route::kPlain);
    if (cause == kAdmitted) ++admitted;
    if (cause == Cause::kQueueFull) std::this_thread::yield();
  }
  while (returned(0).size() < kRequests) (*reactors[0])->Step();
  for (const Returned& each : returned(0)) {
    ASSERT_TRUE(each.answered);
    ASSERT_EQ(each.body, "plain");
  }
  for (auto& worker : crew) Tell(*worker, WorkerControl::Command::kDrain);
  while (pool->workers_running() > 0) std::this_thread::yield();
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(state.stops, 3);
  for (auto& worker : crew) EXPECT_EQ(worker->in_flight, 0u);
}

}  // namespace
}  // namespace troupe
