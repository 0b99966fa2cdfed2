// The cases of OTP's supervisor_SUITE that apply to a pool, under the names they have there. Every
// worker is a permanent child, but one on its way out, which is a temporary one; the strategy is
// one_for_one; pools on executors, whose workers come and go, stand for simple_one_for_one. Where a
// supervisor of OTP would end itself, a pool is FAILED. Cases of our own have names of their own.
//
// Of the suite's 56 cases these are here, but for `tree`, which is in root_supervisor_test.cc. The
// others have no counterpart:
//
//   sup_start_ignore_* (6)        a service cannot decline to start: it starts or fails
//   sup_start_map_faulty_specs,   a pool is declared in the configuration, which is checked before
//   child_specs, sup_flags        anything starts: tests/config/problems_test.cc
//   extra_return,                 a worker is given its pool's options and no arguments of its own,
//   simple_one_for_one_extra      and returns nothing
//   transient_* (3)               no worker may end for good because it ended well
//   one_for_all* (3),             workers share nothing, so none has to go because another died
//   rest_for_one* (3)
//   simple_global_supervisor      actors have no registered names
//   code_change* (4)              code is not replaced while it runs; a live change of the policy
//   is
//                                 tested in pool_supervisor_test.cc
#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>

#include "tests/actors/supervisor_fixture.h"

namespace troupe {
namespace {

using caf::exit_reason;
using telemetry::Cause;

class SupervisorOtp : public SupervisorFixture {
 protected:
  SupervisorOtp() { spec.policy.in_flight_max = 2; }

  // Ends a worker of the reactor as an actor outside may.
  void Exit(exit_reason reason, size_t reactor = 0) {
    state.exit_reason = reason;
    ASSERT_EQ(Admit(reactor, Route::kExit), kAdmitted);
    Settle();
  }
  // One that sleeps for a second in a handler of `route`, and is told meanwhile to leave for good.
  void RetireOne(Route route) {
    Exchange* exchange = nullptr;
    ASSERT_EQ(Admit(0, route, &exchange), kAdmitted);
    Settle();
    const uint64_t worker = exchange->worker_id;
    PoolPolicy fewer = spec.policy;
    fewer.workers_min = 1;
    control.Run([&] { supervisor->Apply(fewer); });
    ASSERT_TRUE(Ask([&] { return supervisor->StopWorker(worker); }).ok());
  }
  void ExpectThatItIsGoneForGood() {
    Pass(kNanosPerSecond);
    EXPECT_EQ(state.starts, 2);
    EXPECT_EQ(pool->workers_running(), 1);
    EXPECT_EQ(supervisor->DescribeWorkers().size(), 1u);
    EXPECT_EQ(supervisor->deaths(), 0u) << "its end is no failure, whatever the reason";
  }
  admin::v1::Pool Described() {
    admin::v1::Pool described;
    supervisor->Describe(described);
    return described;
  }
};

// --- start and stop

TEST_F(SupervisorOtp, SupStartNormal) {
  MakeAndStart(Placement::kReactor, 2);
  EXPECT_EQ(supervisor->state(), State::kRunning);
  EXPECT_EQ(state.starts, 2);
  EXPECT_FALSE(supervisor->stopped());
}

// OTP's supervisor does not start at all; a server tries again while it serves with the others.
TEST_F(SupervisorOtp, SupStartFail) {
  state.starts_to_fail = 1;
  Make(Placement::kReactor, 2);
  Start();
  EXPECT_EQ(pool->workers_running(), 1);
  EXPECT_EQ(supervisor->deaths(), 1u);
  Pass(100 * kMs);
  EXPECT_EQ(pool->workers_running(), 2);
}

TEST_F(SupervisorOtp, SupStartErrorReturn) {
  spec.policy.restart.restarts_max = 0;
  state.starts_to_fail = 2;
  Make(Placement::kReactor, 2);
  Start();
  EXPECT_EQ(supervisor->state(), State::kFailed);
  EXPECT_EQ(state.instances, 0);
  EXPECT_EQ(state.stops, 0) << "what did not start is not stopped";
}

TEST_F(SupervisorOtp, SupStartMap) {
  spec.policy.workers_max = 5;
  spec.policy.queue_max = 7;
  MakeAndStart(Placement::kShared, 3);
  EXPECT_EQ(Described().name(), "pools/sample");
  EXPECT_EQ(Described().placement(), "SHARED");
  EXPECT_EQ(Described().workers_min(), 3);
  EXPECT_EQ(Described().workers_max(), 5);
  EXPECT_EQ(Described().in_flight_max(), 2);
  EXPECT_EQ(Described().queue_max(), 7);
}

TEST_F(SupervisorOtp, SupStopInfinity) {
  MakeAndStart(Placement::kReactor, 2);
  ASSERT_EQ(Admit(0, Route::kSleep), kAdmitted);
  control.Run([&] { supervisor->Stop(); });
  Settle();
  EXPECT_FALSE(supervisor->stopped()) << "a child is given the time it needs";
  Pass(kNanosPerSecond);
  EXPECT_TRUE(supervisor->stopped());
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"slept"});
}

TEST_F(SupervisorOtp, SupStopTimeout) {
  spec.policy.worker_drain_timeout = 300 * kMs;
  MakeAndStart(Placement::kReactor, 2);
  ASSERT_EQ(Admit(0, Route::kSleep), kAdmitted);
  ASSERT_TRUE(Ask([&] { return supervisor->RestartWorker(AnyWorker()); }).ok());
  Pass(299 * kMs);
  EXPECT_EQ(state.frames, 1);
  Pass(kTick);
  EXPECT_EQ(state.frames, 0);
}

TEST_F(SupervisorOtp, SupStopBrutalKill) {
  MakeAndStart(Placement::kDedicated, 1);
  ASSERT_EQ(Admit(0, Route::kBlock), kAdmitted);
  ASSERT_TRUE(Until([&] { return state.blocked == 1; }));
  PassForExecutors(5'001 * kMs);
  control.Run([&] { supervisor->Stop(); });
  EXPECT_TRUE(Until([&] { return supervisor->stopped(); })) << "it does not wait for what hangs";
  EXPECT_EQ(state.blocked, 1);
}

TEST_F(SupervisorOtp, FaultyApplicationShutdown) {
  state.stops_to_throw = 2;
  MakeAndStart(Placement::kReactor, 4);
  control.Run([&] { supervisor->Stop(); });
  Settle();
  EXPECT_TRUE(supervisor->stopped());
  EXPECT_EQ(state.stops, 4);
  EXPECT_EQ(state.instances, 0);
}

TEST_F(SupervisorOtp, SimpleOneForOneShutdown) {
  MakeAndStart(Placement::kDedicated, 3);
  for (int busy = 1; busy <= 3; ++busy) {
    ASSERT_EQ(Admit(0, Route::kBlock), kAdmitted);
    ASSERT_TRUE(Until([&] { return state.blocked == busy; }));
  }
  control.Run([&] { supervisor->Stop(); });
  Settle();
  EXPECT_FALSE(supervisor->stopped());
  state.open = true;
  EXPECT_TRUE(Until([&] { return supervisor->stopped(); }));
  EXPECT_EQ(state.stops, 3);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>(3, "blocked"));
}

TEST_F(SupervisorOtp, StopsAllChildrenThoughOneDiesMeanwhile) {
  MakeAndStart(Placement::kReactor, 4);
  ASSERT_EQ(Admit(0, Route::kThrowLater), kAdmitted);
  control.Run([&] { supervisor->Stop(); });
  Pass(kNanosPerSecond);
  EXPECT_TRUE(supervisor->stopped());
  EXPECT_EQ(state.instances, 0);
  EXPECT_EQ(state.starts, 4);
}

// --- child administration

TEST_F(SupervisorOtp, ChildAdm) {
  spec.policy.workers_max = 3;
  MakeAndStart(Placement::kShared, 2);
  const uint64_t first = AnyWorker();
  EXPECT_TRUE(Ask([&] { return supervisor->RestartWorker(first); }).ok());
  ASSERT_TRUE(Until([&] { return state.starts == 3; }));
  EXPECT_NE(AnyWorker(), first);
  EXPECT_EQ(Ask([&] { return supervisor->RestartWorker(first); }).code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Ask([&] { return supervisor->StopWorker(first); }).code(), absl::StatusCode::kNotFound);
}

TEST_F(SupervisorOtp, ChildAdmSimple) {
  spec.policy.workers_max = 3;
  MakeAndStart(Placement::kDedicated, 1);
  PoolPolicy more = spec.policy;
  more.workers_min = 3;
  more.workers_max = 4;
  control.Run([&] { supervisor->Apply(more); });
  EXPECT_TRUE(UntilTicking([&] { return pool->workers_running() == 3; })) << "children are added";
  EXPECT_EQ(pool->workers_max(), 4u);
  more.workers_min = 1;
  control.Run([&] { supervisor->Apply(more); });
  for (int left = 2; left >= 1; --left) {
    EXPECT_TRUE(Ask([&] { return supervisor->StopWorker(AnyWorker()); }).ok());
    EXPECT_TRUE(Until([&] { return pool->workers_running() == left; }));
  }
}

TEST_F(SupervisorOtp, DoNotSaveChildSpecsForTemporaryChildren) {
  MakeAndStart(Placement::kReactor, 2);
  RetireOne(Route::kSleep);
  EXPECT_EQ(supervisor->DescribeWorkers().size(), 2u) << "it is there until it ends";
  ExpectThatItIsGoneForGood();
  EXPECT_EQ(Ask([&] { return supervisor->StopWorker(AnyWorker()); }).code(),
            absl::StatusCode::kFailedPrecondition)
      << "the one that is left is a permanent one";
}

TEST_F(SupervisorOtp, DoNotSaveStartParametersForTemporaryChildren) {
  spec.policy.workers_max = 4;
  MakeAndStart(Placement::kDedicated, 1);
  auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
  };
  const auto before = threads();
  for (int round = 0; round < 3; ++round) {
    PoolPolicy policy = spec.policy;
    policy.workers_min = 4;
    control.Run([&] { supervisor->Apply(policy); });
    ASSERT_TRUE(UntilTicking([&] { return pool->workers_running() == 4; }));
    control.Run([&] { supervisor->Apply(spec.policy); });
    for (int left = 3; left >= 1; --left) {
      ASSERT_TRUE(Ask([&] { return supervisor->StopWorker(AnyWorker()); }).ok());
      ASSERT_TRUE(Until([&] { return pool->workers_running() == left; }));
    }
    EXPECT_TRUE(Until([&] { return threads() == before; })) << round;
  }
}

TEST_F(SupervisorOtp, TemporaryBystander) {
  MakeAndStart(Placement::kReactor, 2);
  RetireOne(Route::kSleep);
  Exit(exit_reason::kill, 1);
  Pass(100 * kMs);
  EXPECT_EQ(state.starts, 3) << "the permanent one is started again";
  EXPECT_EQ(state.frames, 1) << "the temporary one goes on";
  Pass(900 * kMs);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"slept"});
  EXPECT_EQ(pool->workers_running(), 1);
}

TEST_F(SupervisorOtp, ChildUnlink) {
  // A child whose parent has forgotten it is no child: its end is not counted.
  MakeAndStart(Placement::kDedicated, 1);
  ASSERT_EQ(Admit(0, Route::kBlock), kAdmitted);
  ASSERT_TRUE(Until([&] { return state.blocked == 1; }));
  PassForExecutors(5'001 * kMs);
  EXPECT_TRUE(Until([&] { return state.starts == 2; }));
  state.open = true;
  EXPECT_TRUE(Until([&] { return supervisor->abandoned() == 0; }));
  EXPECT_EQ(supervisor->deaths(), 0u);
  EXPECT_EQ(state.starts, 2);
}

// --- restarts

TEST_F(SupervisorOtp, PermanentNormal) {
  MakeAndStart(Placement::kReactor, 2);
  Exit(exit_reason::normal);
  EXPECT_EQ(state.starts, 3) << "at once, for it is no failure";
  EXPECT_EQ(supervisor->deaths(), 0u);
}

TEST_F(SupervisorOtp, PermanentShutdown) {
  MakeAndStart(Placement::kReactor, 2);
  Exit(exit_reason::user_shutdown);
  Pass(100 * kMs);
  EXPECT_EQ(state.starts, 3);
  EXPECT_EQ(pool->workers_running(), 2);
}

TEST_F(SupervisorOtp, PermanentAbnormal) {
  MakeAndStart(Placement::kReactor, 2);
  Exit(exit_reason::kill);
  EXPECT_EQ(supervisor->deaths(), 1u);
  EXPECT_EQ(state.starts, 2) << "only after the back-off";
  Pass(100 * kMs);
  EXPECT_EQ(state.starts, 3);
}

TEST_F(SupervisorOtp, TemporaryNormal) {
  MakeAndStart(Placement::kReactor, 2);
  RetireOne(Route::kSleep);
  ExpectThatItIsGoneForGood();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"slept"});
}

TEST_F(SupervisorOtp, TemporaryShutdown) {
  spec.policy.worker_drain_timeout = 300 * kMs;
  MakeAndStart(Placement::kReactor, 2);
  RetireOne(Route::kSleep);
  Pass(300 * kMs + kTick);
  EXPECT_EQ(state.frames, 0);
  ExpectThatItIsGoneForGood();
}

TEST_F(SupervisorOtp, TemporaryAbnormal) {
  MakeAndStart(Placement::kReactor, 2);
  RetireOne(Route::kThrowLater);
  ExpectThatItIsGoneForGood();
  ASSERT_EQ(returned(0).size(), 1u);
  EXPECT_EQ(returned(0)[0].failure, Cause::kHandlerThrew);
}

TEST_F(SupervisorOtp, OneForOne) {
  MakeAndStart(Placement::kReactor, 2);
  ASSERT_EQ(Admit(1, Route::kSleep), kAdmitted);
  Exit(exit_reason::kill, 0);
  Pass(100 * kMs);
  EXPECT_EQ(state.starts, 3);
  EXPECT_EQ(state.stops, 1) << "of the one that was killed";
  Pass(900 * kMs);
  EXPECT_EQ(connections[1]->bodies(), std::vector<std::string>{"slept"});
}

TEST_F(SupervisorOtp, OneForOneEscalation) {
  spec.policy.restart.restarts_max = 1;
  MakeAndStart(Placement::kReactor, 2);
  Exit(exit_reason::kill, 0);
  Exit(exit_reason::kill, 1);
  EXPECT_EQ(supervisor->state(), State::kFailed);
  EXPECT_EQ(pool->workers_running(), 0);
}

TEST_F(SupervisorOtp, SimpleOneForOne) {
  MakeAndStart(Placement::kDedicated, 2);
  ASSERT_EQ(Admit(0, Route::kBlock), kAdmitted);
  ASSERT_TRUE(Until([&] { return state.blocked == 1; }));
  KillOne();
  ASSERT_TRUE(UntilTicking([&] { return state.starts == 3; }));
  EXPECT_TRUE(Until([&] { return pool->workers_running() == 2; }));
  EXPECT_EQ(state.blocked, 1) << "the other one is not touched";
  state.open = true;
  EXPECT_TRUE(Until([&] { return state.blocked == 0; }));
}

TEST_F(SupervisorOtp, SimpleOneForOneEscalation) {
  spec.policy.restart.restarts_max = 1;
  MakeAndStart(Placement::kDedicated, 2);
  KillOne();
  EXPECT_EQ(supervisor->state(), State::kRunning);
  KillOne();
  EXPECT_EQ(supervisor->state(), State::kFailed);
  EXPECT_TRUE(Until([&] { return pool->workers_running() == 0; }));
}

TEST_F(SupervisorOtp, SeveralOfManyAbnormal) {
  MakeAndStart(Placement::kReactor, 4);
  for (int i = 0; i < 3; ++i) Exit(exit_reason::kill);
  EXPECT_EQ(supervisor->deaths(), 3u);
  for (int i = 0; i < 5; ++i) Pass(400 * kMs);
  EXPECT_EQ(pool->workers_running(), 4);
}

// The intensity is that of a sliding window.
TEST_F(SupervisorOtp, MultipleRestarts) {
  spec.policy.restart.restarts_max = 2;
  spec.policy.restart.window = 2'000 * kMs;
  MakeAndStart(Placement::kReactor, 2);
  for (int i = 0; i < 6; ++i) {
    Exit(exit_reason::kill);
    Pass(1'001 * kMs);
    ASSERT_EQ(supervisor->state(), State::kRunning) << i;
  }
  Exit(exit_reason::kill, 0);
  Exit(exit_reason::kill, 1);
  EXPECT_EQ(supervisor->state(), State::kFailed);
}

TEST_F(SupervisorOtp, ARestartThatFailsCountsLikeADeath) {
  spec.policy.restart.restarts_max = 3;
  MakeAndStart(Placement::kReactor, 2);
  state.starts_to_fail = 3;
  Exit(exit_reason::kill);
  for (Nanos pause : {100, 200, 400}) Pass(pause * kMs);
  EXPECT_EQ(supervisor->deaths(), 4u);
  EXPECT_EQ(supervisor->state(), State::kFailed);
}

// OTP restarts in a loop without a pause; here the supervisor does all else between its tries.
TEST_F(SupervisorOtp, HangingRestartLoop) {
  MakeAndStart(Placement::kReactor, 2);
  state.starts_to_fail = 1'000'000;
  Exit(exit_reason::kill);
  for (int i = 0; i < 10; ++i) {
    Pass(kNanosPerSecond);
    EXPECT_EQ(Described().workers_running(), 1);
    EXPECT_TRUE(Described().has_next_restart_time());
    ASSERT_EQ(Admit(1, Route::kPlain), kAdmitted);
  }
  Settle();
  EXPECT_EQ(connections[1]->bodies().size(), 10u);
  control.Run([&] { supervisor->Stop(); });
  Settle();
  EXPECT_TRUE(supervisor->stopped());
}

TEST_F(SupervisorOtp, HangingRestartLoopSimple) {
  MakeAndStart(Placement::kReactor, 2);
  state.starts_to_fail = 1'000'000;
  Exit(exit_reason::kill);
  Pass(kNanosPerSecond);
  state.starts_to_fail = 0;
  control.Run([&] { supervisor->Resume("for a test"); });
  Settle();
  EXPECT_EQ(pool->workers_running(), 2) << "an operator need not wait for the back-off";
}

TEST_F(SupervisorOtp, TheCulpritIsToldFromThoseThatDiedWithIt) {
  MakeAndStart(Placement::kReactor, 2);
  ASSERT_EQ(Admit(0, Route::kSleep), kAdmitted);
  ASSERT_EQ(Admit(0, Route::kThrow), kAdmitted);
  Settle();
  ASSERT_EQ(returned(0).size(), 2u);
  for (const Returned& each : returned(0)) {
    EXPECT_EQ(each.failure,
              each.failure_text.empty() ? Cause::kHandlerDropped : Cause::kHandlerThrew);
  }
  const admin::v1::Crash crash = pool->crashes().List().at(0);
  EXPECT_EQ(crash.kind(), admin::v1::Crash::EXCEPTION);
  EXPECT_EQ(crash.decision(), admin::v1::Crash::RESTART);
  EXPECT_EQ(crash.exception_text(), "thrown at once");
}

// --- counting

TEST_F(SupervisorOtp, CountChildren) {
  MakeAndStart(Placement::kReactor, 4);
  EXPECT_EQ(Described().workers_running(), 4);
  EXPECT_EQ(supervisor->DescribeWorkers().size(), 4u);
  Exit(exit_reason::kill);
  EXPECT_EQ(Described().workers_running(), 3);
  EXPECT_EQ(supervisor->DescribeWorkers().size(), 3u);
  EXPECT_EQ(Described().deaths(), 1);
  Pass(100 * kMs);
  EXPECT_EQ(Described().workers_running(), 4);
  EXPECT_EQ(Described().restarts(), 1);
}

TEST_F(SupervisorOtp, CountRestartingChildren) {
  MakeAndStart(Placement::kReactor, 4);
  EXPECT_FALSE(Described().has_next_restart_time());
  state.starts_to_fail = 2;
  Exit(exit_reason::kill, 0);
  Exit(exit_reason::kill, 1);
  EXPECT_EQ(Described().workers_running(), 2);
  Pass(200 * kMs);
  EXPECT_EQ(Described().workers_running(), 2) << "both tries have failed";
  for (int i = 0; i < 10; ++i) Pass(kNanosPerSecond);
  EXPECT_EQ(Described().workers_running(), 4);
  EXPECT_EQ(Described().deaths(), 4);
  EXPECT_FALSE(Described().has_next_restart_time());
}

TEST_F(SupervisorOtp, SimpleOneForOneScaleManyTemporaryChildren) {
  spec.policy.workers_max = 40;
  MakeAndStart(Placement::kDedicated, 40);
  EXPECT_EQ(supervisor->DescribeWorkers().size(), 40u);
  control.Run([&] { supervisor->Stop(); });
  EXPECT_TRUE(Until([&] { return supervisor->stopped(); }));
  EXPECT_EQ(state.stops, 40);
}

}  // namespace
}  // namespace troupe
