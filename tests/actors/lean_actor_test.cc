#include "runtime/actors/lean_actor.h"

#include <gtest/gtest.h>

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <deque>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "runtime/reactor/executor.h"
#include "tests/actors/fake_connection.h"
#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

// What is left of a Probe when it is gone.
struct Traces {
  std::vector<uint64_t> numbers;   // of the messages it got
  std::vector<std::string> downs;  // the reason's text, or its name
  std::function<void()> on_message;
  std::atomic<int> exits{0};
  std::atomic<int> destroyed{0};
};

class Probe final : public LeanActor {
 public:
  Probe(caf::actor_config& config, Unit& unit, Traces& traces)
      : LeanActor(config, unit), traces_(traces) {}
  ~Probe() override { ++traces_.destroyed; }

  void End(caf::error reason = caf::exit_reason::normal) { Quit(std::move(reason)); }
  void Do(const std::function<void()>& function) { Turn(function); }

 private:
  void OnMessage(Message& message) override {
    if (message.kind() == Message::Kind::kCancel) {
      traces_.numbers.push_back(static_cast<const Cancel&>(message).id);
    }
    if (traces_.on_message) traces_.on_message();
  }
  void OnDown(const caf::down_msg& down) override {
    // An error that says `normal` has no context to look at.
    bool has_text = down.reason && down.reason.context().match_elements<std::string>();
    traces_.downs.push_back(has_text ? down.reason.context().get_as<std::string>(0)
                                     : caf::to_string(down.reason));
  }
  void OnExit() override { ++traces_.exits; }

  Traces& traces_;
};

// One of our messages that carries a number.
caf::mailbox_element_ptr Numbered(uint64_t number) {
  return caf::mailbox_element_ptr(new Cancel(nullptr, number));
}

std::vector<uint64_t> UpTo(uint64_t count) {
  std::vector<uint64_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

class LeanActorTest : public testing::Test, public OneReactor {
 protected:
  LeanActorTest() : connection(LeanActor::Spawn<FakeConnection>(*reactor, *reactor)) {}
  ~LeanActorTest() override {
    for (const ActorRef<Probe>& each : spawned_) {
      reactor.Run([&] { each->Do([&] { each->End(); }); });
    }
    reactor.Run([&] { connection->End(); });
  }

  ActorRef<Probe> Spawn(Traces& traces) {
    spawned_.push_back(LeanActor::Spawn<Probe>(*reactor, *reactor, traces));
    return spawned_.back();
  }
  // A probe that nothing here holds.
  Probe& SpawnUnheld(Traces& traces) {
    return *LeanActor::Spawn<Probe>(*reactor, *reactor, traces);
  }
  caf::mailbox_element_ptr WorkWith(ExchangeHandle exchange) {
    Work* work = Work::Make();
    work->exchanges.Push(std::move(exchange));
    return caf::mailbox_element_ptr(work);
  }

  Traces traces;
  std::deque<Traces> more_traces;  // of probes that are watched by another
  ActorRef<FakeConnection> connection;

 private:
  std::vector<ActorRef<Probe>> spawned_;
};

TEST_F(LeanActorTest, GetsMessagesFromItsOwnReactorInOrder) {
  ActorRef<Probe> probe = Spawn(traces);
  reactor.Run([&] {
    for (uint64_t i = 0; i < 1000; ++i) probe->enqueue(Numbered(i), nullptr);
    EXPECT_TRUE(traces.numbers.empty()) << "sending only queues";
  });
  EXPECT_EQ(traces.numbers, UpTo(1000));
}

TEST_F(LeanActorTest, GetsMessagesFromAnotherThreadInOrder) {
  ActorRef<Probe> probe = Spawn(traces);
  std::thread([&] {
    for (uint64_t i = 0; i < 1000; ++i) probe->enqueue(Numbered(i), nullptr);
  }).join();
  EXPECT_TRUE(traces.numbers.empty());
  reactor->Step();
  EXPECT_EQ(traces.numbers, UpTo(1000));
}

TEST_F(LeanActorTest, GetsWhatIsSentWhileItHandlesAMessage) {
  ActorRef<Probe> probe = Spawn(traces);
  traces.on_message = [&] {
    if (traces.numbers.size() < 500) {
      probe->enqueue(Numbered(traces.numbers.size()), nullptr);
    }
  };
  reactor.Run([&] { probe->enqueue(Numbered(0), nullptr); });
  while (traces.numbers.size() < 500) reactor->Step();
  EXPECT_EQ(traces.numbers, UpTo(500));
}

TEST_F(LeanActorTest, DoesNotHandleAllMessagesOfAFloodInOneTurn) {
  Reactor::Options options;
  options.turn_resumes_max = 1;
  SteppedReactor bounded(system.system(), clock, options);
  ActorRef<Probe> probe = LeanActor::Spawn<Probe>(*bounded, *bounded, traces);
  bounded.Run([&] {
    for (uint64_t i = 0; i < 1000; ++i) probe->enqueue(Numbered(i), nullptr);
  });
  EXPECT_FALSE(traces.numbers.empty());
  EXPECT_LT(traces.numbers.size(), 1000u);
  for (int i = 0; i < 1000 && traces.numbers.size() < 1000; ++i) bounded->Step();
  EXPECT_EQ(traces.numbers, UpTo(1000));
  bounded.Run([&] { probe->Do([&] { probe->End(); }); });
}

TEST_F(LeanActorTest, GetsEveryMessageFromManyThreads) {
  constexpr uint64_t kThreads = 4;
  constexpr uint64_t kMessages = 5000;
  ActorRef<Probe> probe = Spawn(traces);
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (uint64_t i = 0; i < kMessages; ++i) probe->enqueue(Numbered(t << 32 | i), nullptr);
    });
  }
  while (traces.numbers.size() < kThreads * kMessages) reactor->Step();
  for (std::thread& thread : threads) thread.join();
  std::vector<uint64_t> next(kThreads, 0);
  for (uint64_t number : traces.numbers) {
    ASSERT_EQ(number & 0xffffffff, next[number >> 32]++) << "of thread " << (number >> 32);
  }
}

TEST_F(LeanActorTest, AnExitMessageFromOutsideEndsIt) {
  Probe& probe = SpawnUnheld(traces);
  caf::anon_send_exit(probe.address(), caf::exit_reason::user_shutdown);
  EXPECT_EQ(traces.exits, 0);
  reactor->Step();
  EXPECT_EQ(traces.exits, 1);
  EXPECT_EQ(traces.destroyed, 1);
}

TEST_F(LeanActorTest, TellsItsWatcherWhyItEnded) {
  ActorRef<Probe> watcher = Spawn(traces);
  Traces& watched = more_traces.emplace_back();
  ActorRef<Probe> probe = Spawn(watched);
  probe->MonitorBy(*watcher);
  caf::anon_send_exit(probe.pointer(), caf::exit_reason::kill);
  reactor->Step();
  EXPECT_EQ(traces.downs,
            std::vector<std::string>{caf::to_string(caf::make_error(caf::exit_reason::kill))});
  reactor->Step();
  EXPECT_EQ(traces.downs.size(), 1u);
}

TEST_F(LeanActorTest, TellsItsWatcherTheTextOfTheExceptionThatEndedIt) {
  ActorRef<Probe> watcher = Spawn(traces);
  Traces& watched = more_traces.emplace_back();
  ActorRef<Probe> probe = Spawn(watched);
  watched.on_message = [] { throw std::runtime_error("the text"); };
  probe->MonitorBy(*watcher);
  probe->enqueue(Numbered(1), nullptr);
  reactor->Step();
  EXPECT_EQ(traces.downs, std::vector<std::string>{"the text"});
  EXPECT_EQ(watched.exits, 1);
  EXPECT_FALSE(probe->alive());
}

TEST_F(LeanActorTest, EndsByAnExceptionThatIsNone) {
  ActorRef<Probe> watcher = Spawn(traces);
  Traces& watched = more_traces.emplace_back();
  ActorRef<Probe> probe = Spawn(watched);
  watched.on_message = [] { throw 42; };
  probe->MonitorBy(*watcher);
  reactor.Run([&] { probe->enqueue(Numbered(1), nullptr); });
  ASSERT_EQ(traces.downs.size(), 1u);
  EXPECT_FALSE(traces.downs[0].empty());
}

TEST_F(LeanActorTest, TellsAtOnceAWatcherThatCameTooLate) {
  ActorRef<Probe> watcher = Spawn(traces);
  Traces& watched = more_traces.emplace_back();
  ActorRef<Probe> probe = Spawn(watched);
  reactor.Run([&] { probe->Do([&] { probe->End(); }); });
  probe->MonitorBy(*watcher);
  reactor->Step();
  EXPECT_EQ(traces.downs.size(), 1u);
}

// CAF's own actors would leak here: they clean up in a message's turn only.
TEST_F(LeanActorTest, QuittingInATimersTurnCleansUp) {
  ActorRef<Probe> watcher = Spawn(traces);
  Traces& watched = more_traces.emplace_back();
  Probe& probe = SpawnUnheld(watched);
  probe.MonitorBy(*watcher);
  class Timer final : public TimerNode {
   public:
    explicit Timer(Probe& probe) : probe_(probe) {}

   private:
    void OnTimer() override {
      probe_.Do([this] { probe_.End(); });
    }
    Probe& probe_;
  };
  Timer timer(probe);
  reactor->timers().Arm(timer, clock.Steady());
  clock.Advance(kNanosPerMilli);
  reactor->Step();
  EXPECT_EQ(watched.exits, 1);
  EXPECT_EQ(watched.destroyed, 1);
  EXPECT_EQ(traces.downs.size(), 1u);
}

TEST_F(LeanActorTest, AnExceptionInATurnOfItsOwnEndsIt) {
  ActorRef<Probe> watcher = Spawn(traces);
  Traces& watched = more_traces.emplace_back();
  ActorRef<Probe> probe = Spawn(watched);
  probe->MonitorBy(*watcher);
  reactor.Run([&] { probe->Do([] { throw std::runtime_error("in a turn"); }); });
  EXPECT_EQ(traces.downs, std::vector<std::string>{"in a turn"});
}

TEST_F(LeanActorTest, DoesNothingMoreOnceItIsDead) {
  ActorRef<Probe> probe = Spawn(traces);
  reactor.Run([&] {
    probe->Do([&] { probe->End(); });
    EXPECT_FALSE(probe->alive());
    probe->Do([] { ADD_FAILURE() << "a dead actor has no turns"; });
    probe->enqueue(Numbered(1), nullptr);
  });
  probe->enqueue(Numbered(2), nullptr);
  caf::anon_send_exit(probe.pointer(), caf::exit_reason::kill);
  reactor->Step();
  EXPECT_TRUE(traces.numbers.empty());
  EXPECT_EQ(traces.exits, 1);
}

TEST_F(LeanActorTest, HandlesNoMessageAfterTheOneThatEndedIt) {
  ActorRef<Probe> local = Spawn(traces);
  traces.on_message = [&] { local->End(); };
  Traces& other = more_traces.emplace_back();
  ActorRef<Probe> remote = Spawn(other);
  other.on_message = [&] { remote->End(); };
  for (uint64_t i = 0; i < 3; ++i) remote->enqueue(Numbered(i), nullptr);
  reactor.Run([&] {
    for (uint64_t i = 0; i < 3; ++i) local->enqueue(Numbered(i), nullptr);
  });
  EXPECT_EQ(traces.numbers, UpTo(1));
  EXPECT_EQ(other.numbers, UpTo(1));
}

TEST_F(LeanActorTest, ExchangesThatAreSentToADeadActorComeHome) {
  ActorRef<Probe> probe = Spawn(traces);
  reactor.Run([&] { probe->Do([&] { probe->End(); }); });
  reactor.Run([&] { probe->enqueue(WorkWith(connection->GiveOut()), nullptr); });
  reactor->Step();
  EXPECT_EQ(connection->returned.size(), 1u) << "sent on its own reactor";
  std::thread([&, work = WorkWith(connection->GiveOut())]() mutable {
    probe->enqueue(std::move(work), nullptr);
  }).join();
  reactor->Step();
  EXPECT_EQ(connection->returned.size(), 2u) << "sent by another thread";
}

TEST_F(LeanActorTest, ExchangesThatWaitInItsMailboxComeHomeWhenItDies) {
  ActorRef<Probe> probe = Spawn(traces);
  traces.on_message = [&] { probe->End(); };
  for (int i = 0; i < 3; ++i) probe->enqueue(WorkWith(connection->GiveOut()), nullptr);
  reactor.Run([&] {
    for (int i = 0; i < 3; ++i) probe->enqueue(WorkWith(connection->GiveOut()), nullptr);
  });
  reactor->Step();
  ASSERT_EQ(connection->returned.size(), 6u);
  for (const Returned& each : connection->returned) EXPECT_TRUE(each.dropped);
}

TEST_F(LeanActorTest, LosesNoExchangeThatIsSentWhileItDies) {
  constexpr size_t kThreads = 4;
  constexpr size_t kMessages = 500;
  ActorRef<Probe> probe = Spawn(traces);
  std::atomic<size_t> handled = 0;
  traces.on_message = [&] {
    if (++handled == kMessages) probe->End();
  };
  std::vector<std::vector<caf::mailbox_element_ptr>> work(kThreads);
  for (auto& mine : work) {
    for (size_t i = 0; i < kMessages; ++i) mine.push_back(WorkWith(connection->GiveOut()));
  }
  std::vector<std::thread> threads;
  for (auto& mine : work) {
    threads.emplace_back([&] {
      for (auto& each : mine) probe->enqueue(std::move(each), nullptr);
    });
  }
  while (connection->returned.size() < kThreads * kMessages) reactor->Step();
  for (std::thread& thread : threads) thread.join();
  reactor->Step();
  EXPECT_EQ(connection->returned.size(), kThreads * kMessages);
  EXPECT_EQ(handled, kMessages);
  EXPECT_FALSE(probe->alive());
}

class LeanActorRequestTest : public LeanActorTest {
 protected:
  // The error that answers a stranger's request; empty when no answer has come.
  caf::error AnswerTo(const std::function<void()>& after_sending, const ActorRef<Probe>& probe) {
    caf::scoped_actor stranger(system.system());
    auto answer =
        stranger->request(caf::actor_cast<caf::actor>(probe.pointer()), caf::infinite, 42);
    after_sending();
    caf::error result;
    if (!stranger->await_data(std::chrono::high_resolution_clock::now())) {
      ADD_FAILURE() << "the stranger would wait for ever";
      return result;
    }
    answer.receive([] { ADD_FAILURE() << "it was understood"; },
                   [&](const caf::error& error) { result = error; });
    return result;
  }
};

TEST_F(LeanActorRequestTest, FromAStrangerIsAnsweredWithAnError) {
  ActorRef<Probe> probe = Spawn(traces);
  EXPECT_TRUE(AnswerTo([&] { reactor->Step(); }, probe));
  EXPECT_TRUE(probe->alive());
}

TEST_F(LeanActorRequestTest, ToADeadActorIsAnsweredWithAnError) {
  ActorRef<Probe> probe = Spawn(traces);
  reactor.Run([&] { probe->Do([&] { probe->End(caf::exit_reason::user_shutdown); }); });
  EXPECT_TRUE(AnswerTo([&] { reactor->Step(); }, probe));
}

TEST_F(LeanActorRequestTest, ThatWaitsWhenTheActorDiesIsAnsweredWithAnError) {
  ActorRef<Probe> probe = Spawn(traces);
  auto end = [&] {
    reactor.Run([&] { probe->Do([&] { probe->End(caf::exit_reason::user_shutdown); }); });
  };
  EXPECT_TRUE(AnswerTo(end, probe));
}

TEST_F(LeanActorTest, IgnoresAStrangersMessage) {
  ActorRef<Probe> probe = Spawn(traces);
  caf::anon_send(caf::actor_cast<caf::actor>(probe.pointer()), std::string("hello"));
  reactor->Step();
  EXPECT_TRUE(probe->alive());
}

TEST_F(LeanActorTest, IsFreedOnceItIsDeadAndNobodyHoldsIt) {
  const int64_t others = LeanActor::count();
  ActorRef<Probe> held = LeanActor::Spawn<Probe>(*reactor, *reactor, traces);
  reactor.Run([&] { held->Do([&] { held->End(); }); });
  EXPECT_EQ(traces.exits, 1);
  EXPECT_EQ(traces.destroyed, 0);
  EXPECT_EQ(LeanActor::count(), others + 1) << "dead, but held";
  held = {};
  EXPECT_EQ(traces.destroyed, 1);
  EXPECT_EQ(LeanActor::count(), others);
}

TEST_F(LeanActorTest, LivesWithoutAnyReferenceUntilItEnds) {
  Probe& probe = SpawnUnheld(traces);
  reactor->Step();
  EXPECT_EQ(traces.destroyed, 0);
  reactor.Run([&] {
    probe.enqueue(Numbered(0), nullptr);
    traces.on_message = [&] { probe.End(); };
  });
  EXPECT_EQ(traces.destroyed, 1);
}

TEST_F(LeanActorTest, MayEndInTheTurnOfAnotherActorThatSentToIt) {
  Traces& victim_traces = more_traces.emplace_back();
  Probe& victim = SpawnUnheld(victim_traces);
  ActorRef<Probe> killer = Spawn(traces);
  traces.on_message = [&] {
    victim.enqueue(Numbered(1), nullptr);  // makes it ready
    victim.Do([&] { victim.End(); });      // and now it is dead in the queue
  };
  reactor.Run([&] { killer->enqueue(Numbered(0), nullptr); });
  EXPECT_TRUE(victim_traces.numbers.empty());
  EXPECT_EQ(victim_traces.destroyed, 1);
}

TEST_F(LeanActorTest, RunsOnAnExecutorAndIsFreedThere) {
  constexpr uint64_t kMessages = 2000;
  Executor executor(system.system(), "test", 2);
  Probe& probe = *LeanActor::Spawn<Probe>(executor, executor, traces);
  traces.on_message = [&] {
    if (traces.numbers.size() == kMessages) probe.End();
  };
  for (uint64_t i = 0; i < kMessages; ++i) probe.enqueue(Numbered(i), nullptr);
  while (traces.destroyed == 0) std::this_thread::yield();
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(traces.numbers, UpTo(kMessages));
  EXPECT_EQ(traces.exits, 1);
}

}  // namespace
}  // namespace troupe
