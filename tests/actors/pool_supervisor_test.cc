#include "runtime/actors/pool_supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/actors/supervisor_fixture.h"

namespace troupe {
namespace {

using telemetry::Cause;
using testing::HasSubstr;

class PoolSupervisorTest : public SupervisorFixture {};

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
  EndSupervisor();
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
    EndSupervisor();
    EXPECT_EQ(state.stops, 3);
    EXPECT_EQ(state.instances, 0);
    EXPECT_NE(state.destroyed_on.load(), std::this_thread::get_id());
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

// --- FAILED

TEST_F(PoolSupervisorTest, APoolWhoseWorkersDieTooOftenInTheWindowIsFailedAndShedsAtOnce) {
  spec.policy.restart.restarts_max = 2;
  MakeAndStart(Placement::kReactor, 2);
  KillOne();
  KillOne();
  EXPECT_EQ(supervisor->state(), State::kRunning) << "two are tolerated";
  ASSERT_EQ(Admit(0, Route::kPlain), kAdmitted) << "it waits, for both workers are dead";
  Exchange* waiting = nullptr;
  ASSERT_EQ(Admit(0, Route::kPlain, &waiting), kAdmitted);
  state.starts_to_fail = 1;
  Pass(100 * kMs);
  EXPECT_EQ(supervisor->state(), State::kFailed);
  EXPECT_TRUE(pool->failed());
  EXPECT_EQ(Admit(0, Route::kPlain), Cause::kPoolFailed);
  ASSERT_EQ(returned(0).size(), 4u);
  EXPECT_EQ(returned(0)[2].failure, Cause::kPoolFailed)
      << "what waited is shed with the same cause";
  EXPECT_EQ(returned(0)[3].failure, Cause::kPoolFailed);
  EXPECT_GT(pool->clearing_time(), 0) << "and is told when to come again";
}

TEST_F(PoolSupervisorTest, DeathsThatAreFartherApartThanTheWindowDoNotFailThePool) {
  spec.policy.restart.restarts_max = 1;
  MakeAndStart(Placement::kReactor, 2);
  for (int i = 0; i < 5; ++i) {
    KillOne();
    Pass(10'001 * kMs);
    EXPECT_EQ(supervisor->state(), State::kRunning) << i;
    EXPECT_EQ(pool->workers_running(), 2) << i;
  }
}

TEST_F(PoolSupervisorTest, AFailedPoolTriesOneWorkerAndRecoversWhenItStaysUp) {
  spec.policy.restart.restarts_max = 1;
  MakeAndStart(Placement::kReactor, 2);
  FailPool();
  Settle();
  EXPECT_EQ(pool->workers_running(), 0) << "the sibling was asked to leave";
  Pass(950 * kMs);
  EXPECT_EQ(supervisor->state(), State::kFailed) << "not before its pause is over";
  Pass(50 * kMs);
  EXPECT_EQ(supervisor->state(), State::kProbing);
  EXPECT_EQ(pool->workers_running(), 1);
  EXPECT_EQ(Admit(0, Route::kPlain), kAdmitted) << "the worker that is tried is given work";
  Pass(9'900 * kMs);
  EXPECT_EQ(supervisor->state(), State::kProbing);
  Pass(100 * kMs);
  EXPECT_EQ(supervisor->state(), State::kRunning);
  EXPECT_EQ(pool->workers_running(), 2);
}

TEST_F(PoolSupervisorTest, AFailedPoolWhoseTriedWorkerDiesIsFailedAgain) {
  spec.policy.restart.restarts_max = 1;
  MakeAndStart(Placement::kReactor, 2);
  FailPool();
  for (int i = 0; i < 3; ++i) {
    state.starts_to_fail = 1;
    const int starts = state.starts;
    ASSERT_TRUE(UntilTicking([&] { return state.starts == starts + 1; }));
    EXPECT_EQ(supervisor->state(), State::kFailed);
    EXPECT_EQ(Admit(0, Route::kPlain), Cause::kPoolFailed);
  }
}

TEST_F(PoolSupervisorTest, ReplacesTheTriedWorkerThatEndsInAnOrderlyWay) {
  spec.policy.restart.restarts_max = 1;
  MakeAndStart(Placement::kReactor, 2);
  FailPool();
  ASSERT_TRUE(UntilTicking([&] { return pool->workers_running() == 1; }));
  const int starts = state.starts;
  ASSERT_TRUE(Ask([&] { return supervisor->RestartWorker(AnyWorker()); }).ok());
  Settle();
  EXPECT_EQ(supervisor->state(), State::kProbing);
  EXPECT_EQ(state.starts, starts + 1);
  EXPECT_EQ(pool->workers_running(), 1);
}

TEST_F(PoolSupervisorTest, AFailedPoolIsTriedThoughTheFirstPlaceGoesMeanwhile) {
  spec.policy.restart.restarts_max = 0;
  spec.policy.workers_max = 2;
  MakeAndStart(Placement::kDedicated, 2);
  ASSERT_EQ(Admit(0, Route::kBlock), kAdmitted);
  ASSERT_TRUE(Until([&] { return state.blocked == 1; }));
  PoolPolicy smaller = spec.policy;
  smaller.workers_min = 1;
  control.Run([&] { supervisor->Apply(smaller); });
  uint64_t blocked = 0;
  for (const admin::v1::Worker& worker : supervisor->DescribeWorkers()) {
    if (worker.state() == admin::v1::Worker::BUSY) blocked = NumberOf(worker);
  }
  KillOne();
  ASSERT_EQ(supervisor->state(), State::kFailed);
  ASSERT_TRUE(Ask([&] { return supervisor->StopWorker(blocked); }).ok());
  state.open = true;
  EXPECT_TRUE(UntilTicking([&] { return supervisor->state() == State::kRunning; }));
}

// --- operators

TEST_F(PoolSupervisorTest, ASuspendedPoolShedsAndLetsWhatWasBegunEnd) {
  MakeAndStart(Placement::kReactor, 2);
  for (size_t reactor : {0u, 1u}) ASSERT_EQ(Admit(reactor, Route::kSleep), kAdmitted);
  ASSERT_EQ(Admit(0, Route::kPlain), kAdmitted) << "it waits";
  control.Run([&] { supervisor->Suspend("for a test"); });
  Settle();
  EXPECT_EQ(supervisor->state(), State::kSuspended);
  EXPECT_EQ(Admit(0, Route::kPlain), Cause::kPoolSuspended);
  ASSERT_EQ(returned(0).size(), 1u);
  EXPECT_EQ(returned(0)[0].failure, Cause::kPoolSuspended);
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[1]->bodies(), std::vector<std::string>{"slept"});
  control.Run([&] { supervisor->Resume("for a test"); });
  EXPECT_EQ(Admit(0, Route::kPlain), kAdmitted);
  Settle();
  EXPECT_EQ(connections[0]->bodies().back(), "plain");
}

TEST_F(PoolSupervisorTest, ASuspendedPoolStaysSuspendedWhateverItsWorkersDo) {
  spec.policy.restart.restarts_max = 0;
  MakeAndStart(Placement::kReactor, 2);
  ASSERT_EQ(Admit(0, Route::kThrowLater), kAdmitted);
  control.Run([&] { supervisor->Suspend("for a test"); });
  Pass(kNanosPerSecond);
  EXPECT_EQ(supervisor->deaths(), 1u);
  for (int i = 0; i < 20; ++i) Pass(kNanosPerSecond);
  EXPECT_EQ(supervisor->state(), State::kSuspended);
  EXPECT_EQ(Admit(0, Route::kPlain), Cause::kPoolSuspended);
  control.Run([&] { supervisor->Resume("for a test"); });
  Settle();
  EXPECT_EQ(supervisor->state(), State::kRunning);
  EXPECT_EQ(pool->workers_running(), 2);
}

TEST_F(PoolSupervisorTest, ResumeEndsFailedAtOnce) {
  spec.policy.restart.restarts_max = 0;
  MakeAndStart(Placement::kReactor, 2);
  FailPool();
  control.Run([&] { supervisor->Resume("for a test"); });
  Settle();
  EXPECT_EQ(supervisor->state(), State::kRunning);
  EXPECT_EQ(pool->workers_running(), 2);
  EXPECT_EQ(Admit(0, Route::kPlain), kAdmitted);
}

TEST_F(PoolSupervisorTest, StartsNothingForAnOperatorOnceItStops) {
  MakeAndStart(Placement::kReactor, 2);
  control.Run([&] { supervisor->Stop(); });
  Settle();
  control.Run([&] { supervisor->Suspend("too late"); });
  control.Run([&] { supervisor->Resume("for a test"); });
  Settle();
  EXPECT_EQ(supervisor->state(), State::kStopping);
  EXPECT_TRUE(supervisor->stopped());
}

TEST_F(PoolSupervisorTest, RestartsAWorkerWhenWhatItHasBegunIsOver) {
  MakeAndStart(Placement::kReactor, 2);
  ASSERT_EQ(Admit(0, Route::kSleep), kAdmitted);
  const uint64_t busy = AnyWorker();
  ASSERT_TRUE(Ask([&] { return supervisor->RestartWorker(busy); }).ok());
  Settle();
  EXPECT_EQ(state.stops, 0);
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"slept"});
  EXPECT_EQ(state.stops, 1);
  EXPECT_EQ(pool->workers_running(), 2);
  EXPECT_EQ(supervisor->deaths(), 0u);
  EXPECT_EQ(Ask([&] { return supervisor->RestartWorker(busy); }).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(PoolSupervisorTest, CancelsWhatAWorkerDoesNotEndWithinTheTimeForItsDrain) {
  spec.policy.worker_drain_timeout = 200 * kMs;
  MakeAndStart(Placement::kReactor, 2);
  ASSERT_EQ(Admit(0, Route::kSleep), kAdmitted);
  ASSERT_TRUE(Ask([&] { return supervisor->RestartWorker(AnyWorker()); }).ok());
  Pass(150 * kMs);
  EXPECT_TRUE(returned(0).empty());
  Pass(100 * kMs);
  ASSERT_EQ(returned(0).size(), 1u);
  EXPECT_EQ(returned(0)[0].failure, Cause::kDrainTimeout);
  EXPECT_EQ(pool->workers_running(), 2);
}

TEST_F(PoolSupervisorTest, StopsAWorkerOnlyWhereEnoughAreLeft) {
  MakeAndStart(Placement::kShared, 2);
  absl::Status refused = Ask([&] { return supervisor->StopWorker(AnyWorker()); });
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("workers.min"));
  PoolPolicy smaller = spec.policy;
  smaller.workers_min = 1;
  control.Run([&] { supervisor->Apply(smaller); });
  EXPECT_TRUE(Ask([&] { return supervisor->StopWorker(AnyWorker()); }).ok());
  EXPECT_TRUE(Until([&] { return pool->workers_running() == 1; }));
  EXPECT_EQ(state.starts, 2);
  EXPECT_EQ(Ask([&] { return supervisor->StopWorker(12345); }).code(), absl::StatusCode::kNotFound);
}

TEST_F(PoolSupervisorTest, WhatWaitsIsBegunWhenWorkersMayHaveMoreInFlight) {
  MakeAndStart(Placement::kShared, 1);
  for (int i = 0; i < 2; ++i) ASSERT_EQ(Admit(0, Route::kDraining), kAdmitted);
  ASSERT_TRUE(Until([&] { return pool->in_flight() == 1; }));
  PoolPolicy wider = spec.policy;
  wider.in_flight_max = 2;
  control.Run([&] { supervisor->Apply(wider); });
  EXPECT_TRUE(Until([&] { return pool->in_flight() == 2; }));
  EndSupervisor();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>(2, "drained"));
}

// --- recycling

TEST_F(PoolSupervisorTest, RecyclesAWorkerThatHasServedEnough) {
  spec.policy.recycle.requests_max = 3;
  spec.policy.recycle.jitter = 0;
  MakeAndStart(Placement::kReactor, 2);
  for (int i = 0; i < 2; ++i) ASSERT_EQ(Admit(0, Route::kPlain), kAdmitted);
  Pass(kTick);
  EXPECT_EQ(state.stops, 0);
  ASSERT_EQ(Admit(0, Route::kPlain), kAdmitted);
  Pass(kTick);
  EXPECT_EQ(state.stops, 1);
  EXPECT_EQ(state.starts, 3);
  EXPECT_EQ(pool->workers_running(), 2);
  EXPECT_EQ(supervisor->deaths(), 0u) << "which is no death";
}

TEST_F(PoolSupervisorTest, RecyclesAWorkerThatIsOldThoughNobodyAsksForIt) {
  spec.policy.recycle.age_max = 60'000 * kMs;
  spec.policy.recycle.jitter = 0;
  MakeAndStart(Placement::kReactor, 2);
  Pass(59'000 * kMs);
  EXPECT_EQ(state.stops, 0);
  Pass(1'000 * kMs);
  EXPECT_EQ(state.stops, 2);
  EXPECT_EQ(pool->workers_running(), 2);
}

TEST_F(PoolSupervisorTest, RecyclesAWorkerThatNeverRunsDry) {
  spec.policy.recycle.requests_max = 100;
  spec.policy.queue_max = 1'000;
  MakeAndStart(Placement::kDedicated, 1);
  ASSERT_TRUE(UntilTicking([&] {
    while (pool->waiting() < 500) Admit(0, Route::kPlain);
    return state.stops > 0;
  }));
  pool->Empty();
}

// --- hangs

TEST_F(PoolSupervisorTest, LeavesAWorkerThatHangsBehindAndPutsAnotherInItsPlace) {
  for (Placement placement : {Placement::kShared, Placement::kDedicated}) {
    state.open = false;
    MakeAndStart(placement, 1);
    ASSERT_EQ(Admit(0, Route::kBlock), kAdmitted);
    ASSERT_TRUE(Until([&] { return state.blocked == 1; }));
    PassForExecutors(5'001 * kMs);
    EXPECT_EQ(supervisor->abandoned(), 1);
    EXPECT_EQ(connections[0]->given_up.back(), Cause::kHandlerHung);
    ASSERT_TRUE(Until([&] { return pool->workers_running() == 1; }));
    const size_t home = returned(0).size();
    ASSERT_EQ(Admit(0, Route::kPlain), kAdmitted);
    EXPECT_TRUE(Until([&] { return returned(0).size() == home + 1; })) << "another serves";
    const admin::v1::Crash hang = pool->crashes().List().at(0);
    EXPECT_EQ(hang.kind(), admin::v1::Crash::HANG);
    EXPECT_EQ(hang.decision(), admin::v1::Crash::ABANDON);
    EXPECT_EQ(hang.route(), "GET /block");
    EXPECT_GT(hang.stack_size(), 0);
    EXPECT_EQ(supervisor->deaths(), 0u);
    state.open = true;
    EXPECT_TRUE(Until([&] { return supervisor->abandoned() == 0; })) << "it ends with its turn";
    EXPECT_EQ(pool->workers_running(), 1);
    EndSupervisor();
  }
}

TEST_F(PoolSupervisorTest, APoolWithTooManyHungThreadsIsFailedUntilTheyEnd) {
  spec.policy.abandoned_max = 1;
  MakeAndStart(Placement::kDedicated, 1);
  for (int hung = 1; hung <= 2; ++hung) {
    ASSERT_EQ(Admit(0, Route::kBlock), kAdmitted);
    ASSERT_TRUE(Until([&] { return state.blocked == hung; }));
    PassForExecutors(5'001 * kMs);
    ASSERT_EQ(supervisor->abandoned(), hung);
  }
  EXPECT_EQ(supervisor->state(), State::kFailed);
  EXPECT_EQ(Admit(0, Route::kPlain), Cause::kPoolFailed);
  for (int i = 0; i < 5; ++i) Pass(kNanosPerSecond);
  EXPECT_EQ(supervisor->state(), State::kFailed) << "as long as they hang";
  state.open = true;
  EXPECT_TRUE(UntilTicking([&] { return supervisor->state() == State::kRunning; }));
  EXPECT_EQ(Admit(0, Route::kPlain), kAdmitted);
  EXPECT_TRUE(Until([&] { return returned(0).size() == 3; }));
}

TEST_F(PoolSupervisorTest, NamesAHandlerThatKeepsItsReactorButDoesNotReplaceItsWorker) {
  MakeAndStart(Placement::kReactor, 2);
  std::thread reactor([&] {
    (*reactors[0])->Post([this] {
      WorkBatch batch;
      EXPECT_EQ(Handle(0).Admit(connections[0]->NewExchange(Route::kBlock), batch), kAdmitted);
    });
    while (state.blocked == 0 && !state.open) (*reactors[0])->Step();
  });
  while (state.blocked == 0) std::this_thread::yield();
  clock.Advance(200 * kMs);
  control->Step();
  EXPECT_EQ(pool->crashes().count(), 1u);
  clock.Advance(200 * kMs);
  control->Step();
  state.open = true;
  reactor.join();
  ASSERT_EQ(pool->crashes().count(), 1u) << "once for each culprit";
  EXPECT_EQ(pool->crashes().List()[0].decision(), admin::v1::Crash::KEEP);
  EXPECT_EQ(supervisor->abandoned(), 0);
  Settle();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"blocked"});
}

}  // namespace
}  // namespace troupe
