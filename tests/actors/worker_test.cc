#include "runtime/actors/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <caf/send.hpp>
#include <functional>
#include <thread>

#include "runtime/reactor/executor.h"
#include "tests/actors/pool_fixture.h"

namespace troupe {
namespace {

using telemetry::Cause;

// Gives what the test says, and counts.
class FakeSource final : public WorkSource {
 public:
  void Join(Worker&) override { ++joins; }
  void Drain(Worker&) override { ++drains; }
  void Leave(Worker&) override { ++leaves; }
  bool pulled() const override { return false; }
  ExchangeList Next(Worker&, const WorkTally& ended, Nanos) override {
    finished += ended.count + ended.dropped;
    return next ? next() : ExchangeList();
  }
  int joins = 0;
  int drains = 0;
  std::atomic<int> leaves = 0;
  uint32_t finished = 0;
  std::function<ExchangeList()> next;
};

// Hears why the workers died.
class Watcher final : public LeanActor {
 public:
  Watcher(caf::actor_config& config, Reactor& reactor) : LeanActor(config, reactor) {}
  void End() {
    Turn([this] { Quit(); });
  }
  std::vector<caf::error> reasons;

 private:
  void OnMessage(Message&) override {}
  void OnDown(const caf::down_msg& down) override { reasons.push_back(down.reason); }
};

class WorkerTest : public PoolFixture {
 protected:
  WorkerTest() {
    MakePool(PoolSpec());
    Reactor& reactor = **reactors[0];
    watcher = LeanActor::Spawn<Watcher>(reactor, reactor);
  }
  ~WorkerTest() override {
    reactors[0]->Run([&] { watcher->End(); });
  }

  Worker& Start() { return StartWorker(0, source); }
  // All of them in one message, as a connection sends what it read.
  std::vector<Exchange*> Send(Worker& worker, const std::vector<Route>& routes) {
    std::vector<Exchange*> sent;
    reactors[0]->Run([&] {
      WorkBatch batch;
      for (Route route : routes) {
        sent.push_back(&connections[0]->NewExchange(route));
        batch.Add(worker, *sent.back());
      }
    });
    return sent;
  }
  const std::vector<Returned>& home() { return returned(0); }

  FakeSource source;
  ActorRef<Watcher> watcher;
};

TEST_F(WorkerTest, JoinsItsSourceOnceItsServiceHasStarted) {
  Worker& worker = Start();
  EXPECT_EQ(source.joins, 1);
  EXPECT_EQ(state.starts, 1);
  Tell(worker, WorkerControl::Command::kDrain);
  Settle();
  EXPECT_EQ(source.drains, 1);
  EXPECT_EQ(source.leaves, 1);
  EXPECT_EQ(state.stops, 1);
  EXPECT_EQ(state.instances, 0);
}

TEST_F(WorkerTest, AnswersAPlainHandlersRequestInTheSameTurn) {
  Worker& worker = Start();
  Send(worker, {Route::kPlain});
  ASSERT_EQ(home().size(), 1u);
  EXPECT_TRUE(home()[0].begun);
  EXPECT_TRUE(home()[0].answered);
  EXPECT_EQ(home()[0].status, 200);
  EXPECT_EQ(home()[0].body, "plain");
  EXPECT_EQ(source.finished, 1u);
}

TEST_F(WorkerTest, SendsAllAnswersForOneConnectionInOneMessage) {
  Worker& worker = Start();
  Send(worker, std::vector<Route>(20, Route::kPlain));
  EXPECT_EQ(home().size(), 20u);
  EXPECT_EQ(connections[0]->messages, 1);
}

TEST_F(WorkerTest, SleepsForItsTimeAndServesOthersMeanwhile) {
  Worker& worker = Start();
  Send(worker, {Route::kSleep});
  Send(worker, {Route::kPlain});
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"plain"});
  Pass(kNanosPerSecond - kNanosPerMilli);
  EXPECT_EQ(home().size(), 1u);
  EXPECT_EQ(state.frames, 1);
  Pass(kNanosPerMilli);
  EXPECT_EQ(connections[0]->bodies(), (std::vector<std::string>{"plain", "slept"}));
  EXPECT_EQ(state.frames, 0);
  EXPECT_EQ(source.finished, 2u);
}

TEST_F(WorkerTest, KeepsHandlersAsleepByTheHundred) {
  Worker& worker = Start();
  Send(worker, std::vector<Route>(500, Route::kSleep));
  EXPECT_EQ(state.frames, 500);
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>(500, "slept"));
  EXPECT_EQ(state.frames, 0);
}

TEST_F(WorkerTest, FailsARequestWhoseHandlerThrowsAndGoesOn) {
  Worker& worker = Start();
  Send(worker, {Route::kThrow, Route::kThrowNumber, Route::kThrowLater, Route::kPlain});
  Pass(kNanosPerSecond);
  ASSERT_EQ(home().size(), 4u);
  for (size_t i : {0u, 1u, 3u}) {
    EXPECT_FALSE(home()[i].answered) << i;
    EXPECT_FALSE(home()[i].dropped) << i;
    EXPECT_EQ(home()[i].failure, Cause::kHandlerThrew) << i;
  }
  EXPECT_EQ(home()[0].failure_text, "thrown at once");
  EXPECT_FALSE(home()[1].failure_text.empty());
  EXPECT_EQ(home()[2].body, "plain");
  EXPECT_EQ(home()[3].failure_text, "thrown later");
  EXPECT_TRUE(worker.alive());
  EXPECT_EQ(source.finished, 4u);
}

TEST_F(WorkerTest, FailsARequestWhoseAnswerMayNotBeSent) {
  Worker& worker = Start();
  Send(worker, {Route::kInvalid});
  ASSERT_EQ(home().size(), 1u);
  EXPECT_FALSE(home()[0].answered);
  EXPECT_EQ(home()[0].failure, Cause::kInvalidResponse);
  EXPECT_NE(home()[0].failure_text.find("Bad Name"), std::string::npos) << home()[0].failure_text;
}

TEST_F(WorkerTest, DoesNotBeginWhatIsCancelledAlready) {
  Worker& worker = Start();
  reactors[0]->Run([&] {
    Exchange& exchange = connections[0]->NewExchange(Route::kPlain);
    exchange.cancelled = true;
    WorkBatch batch;
    batch.Add(worker, exchange);
  });
  Settle();
  ASSERT_EQ(home().size(), 1u);
  EXPECT_TRUE(home()[0].dropped);
  EXPECT_FALSE(home()[0].begun);
  EXPECT_EQ(source.finished, 1u) << "its slot is free";
}

TEST_F(WorkerTest, EndsASleepThatIsCancelled) {
  Worker& worker = Start();
  std::vector<Exchange*> sent = Send(worker, {Route::kSleep, Route::kSleep});
  worker.TellCancelled(sent[0], sent[0]->data.id);
  Settle();
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"cancelled"});
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[0]->bodies(), (std::vector<std::string>{"cancelled", "slept"}));
}

TEST_F(WorkerTest, IgnoresTheCancellationOfWhatItNoLongerHolds) {
  Worker& worker = Start();
  Exchange* sent = Send(worker, {Route::kSleep})[0];
  // The exchange's memory was used by another request before.
  worker.enqueue(caf::mailbox_element_ptr(new Cancel(sent, sent->data.id - 1)), nullptr);
  Settle();
  EXPECT_TRUE(home().empty());
  uint64_t id = sent->data.id;
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[0]->bodies(), std::vector<std::string>{"slept"});
  worker.enqueue(caf::mailbox_element_ptr(new Cancel(sent, id)), nullptr);
  Settle();
  EXPECT_EQ(home().size(), 1u);
}

TEST_F(WorkerTest, AnExchangeWhoseConnectionDiedComesHomeAndIsFreed) {
  Worker& worker = Start();
  Exchange* sent = Send(worker, {Route::kSleep})[0];
  connections[0]->Abandon(*sent);
  Pass(kNanosPerSecond);
  EXPECT_TRUE(home().empty());
  EXPECT_EQ((*reactors[0])->exchanges().live(), 0u);
}

TEST_F(WorkerTest, ItsExitDestroysFramesAndServiceAndSendsExchangesHomeUndecided) {
  Worker& worker = Start();
  Send(worker, {Route::kSleep, Route::kSleep});
  EXPECT_EQ(state.frames, 2);
  caf::anon_send_exit(worker.address(), caf::exit_reason::kill);
  Settle();
  EXPECT_EQ(state.frames, 0);
  EXPECT_EQ(state.instances, 0);
  EXPECT_EQ(state.stops, 1);
  ASSERT_EQ(home().size(), 2u);
  for (const Returned& each : home()) {
    EXPECT_TRUE(each.begun);
    EXPECT_FALSE(each.answered);
    EXPECT_TRUE(each.dropped || each.failure == Cause::kHandlerDropped);
  }
}

TEST_F(WorkerTest, WhatWaitsInItsMailboxComesHomeNotBegunWhenItEnds) {
  Worker& worker = Start();
  reactors[0]->Run([&] {
    caf::anon_send_exit(worker.address(), caf::exit_reason::kill);
    WorkBatch batch;
    batch.Add(worker, connections[0]->NewExchange(Route::kPlain));
  });
  Settle();
  ASSERT_EQ(home().size(), 1u);
  EXPECT_TRUE(home()[0].dropped);
  EXPECT_FALSE(home()[0].begun);
}

TEST_F(WorkerTest, DiesWithTheReasonWhenItsServiceDoesNotStart) {
  state.starts_to_fail = 1;
  Reactor& reactor = **reactors[0];
  ActorRef<Worker> worker = LeanActor::Spawn<Worker>(reactor, reactor, *pool, source, origin);
  worker->MonitorBy(*watcher);
  Tell(*worker, WorkerControl::Command::kStart);
  Settle();
  EXPECT_FALSE(worker->alive());
  ASSERT_EQ(watcher->reasons.size(), 1u);
  ASSERT_TRUE(watcher->reasons[0].context().match_elements<std::string>());
  EXPECT_EQ(watcher->reasons[0].context().get_as<std::string>(0),
            "the service does not start: the sample is told not to start");
  EXPECT_EQ(source.joins, 0);
  EXPECT_EQ(state.stops, 0) << "what did not start is not stopped";
  EXPECT_EQ(state.instances, 0) << "and it does not wait for whoever holds the worker";
}

TEST_F(WorkerTest, DrainsByFinishingWhatItHasBegun) {
  Worker& worker = Start();
  worker.MonitorBy(*watcher);
  Send(worker, {Route::kSleep, Route::kDraining});
  Tell(worker, WorkerControl::Command::kDrain);
  Settle();
  EXPECT_TRUE(worker.alive());
  EXPECT_EQ(source.drains, 1);
  Pass(kNanosPerSecond);
  EXPECT_EQ(connections[0]->bodies(), (std::vector<std::string>{"slept", "drained"}));
  EXPECT_FALSE(worker.alive());
  ASSERT_EQ(watcher->reasons.size(), 1u);
  EXPECT_FALSE(watcher->reasons[0]) << "it was no failure";
}

TEST_F(WorkerTest, TakesFromItsSourceForWhatItHasFinished) {
  Worker& worker = Start();
  int left = 300;
  source.next = [&] {
    ExchangeList more;
    if (left-- > 0) more.Push(connections[0]->GiveOut(Route::kPlain));
    return more;
  };
  Send(worker, {Route::kPlain});
  for (int i = 0; i < 100; ++i) Settle();
  EXPECT_EQ(home().size(), 301u);
  EXPECT_EQ(source.finished, 301u);
}

TEST_F(WorkerTest, HearsItsSupervisorWhileItsSourceNeverRunsDry) {
  Worker& worker = Start();
  bool told = false;
  source.next = [&] {
    if (!std::exchange(told, true)) Tell(worker, WorkerControl::Command::kDrain);
    ExchangeList more;
    // A bound, so that the test ends either way.
    if (source.drains == 0 && source.finished < 100'000) {
      more.Push(connections[0]->GiveOut(Route::kPlain));
    }
    return more;
  };
  Send(worker, {Route::kPlain});
  Settle();
  EXPECT_LT(source.finished, 100'000u);
  EXPECT_FALSE(worker.alive());
  EXPECT_GE(home().size(), source.finished);
}

TEST_F(WorkerTest, RunsOnAnExecutorAndAnswersAcrossThreads) {
  Executor executor(system.system(), "sample", 2);
  ActorRef<Worker> worker = LeanActor::Spawn<Worker>(executor, executor, *pool, source, origin);
  Tell(*worker, WorkerControl::Command::kStart);
  reactors[0]->Run([&] {
    WorkBatch batch;
    for (Route route : {Route::kPlain, Route::kSleep, Route::kThrow}) {
      Exchange& exchange = connections[0]->NewExchange(route);
      exchange.connection_reference = connections[0].pointer();
      batch.Add(*worker, exchange);
    }
  });
  while (home().size() < 3) {
    (*reactors[0])->Step();
    std::this_thread::yield();
  }
  EXPECT_EQ(home()[0].body, "plain");
  EXPECT_EQ(home()[1].failure, Cause::kHandlerThrew);
  EXPECT_EQ(home()[2].body, "slept");
  Tell(*worker, WorkerControl::Command::kDrain);
  while (source.leaves == 0) std::this_thread::yield();
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(state.instances, 0);
  EXPECT_NE(state.destroyed_on.load(), std::this_thread::get_id());
}

}  // namespace
}  // namespace troupe
