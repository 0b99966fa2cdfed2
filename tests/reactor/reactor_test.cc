#include "runtime/reactor/reactor.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <deque>
#include <functional>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

// A task that counts its turns and its references.
class Task final : public UnitTask {
 public:
  explicit Task(std::function<Next()> turn = [] { return Next::kWait; }) : turn_(std::move(turn)) {}
  Next RunTurn() override {
    ++turns;
    return turn_();
  }
  void Hold() override { ++references; }
  void LetGo() override { --references; }

  int turns = 0;
  int references = 1;

 private:
  std::function<Next()> turn_;
};

class Handler final : public EventHandler {
 public:
  explicit Handler(std::function<void(uint32_t)> action = nullptr) : action_(std::move(action)) {}
  void OnEvents(uint32_t events) override {
    seen.push_back(events);
    if (action_) action_(events);
  }
  std::vector<uint32_t> seen;

 private:
  std::function<void(uint32_t)> action_;
};

class Flusher final : public FlushNode {
 public:
  explicit Flusher(std::function<void()> action = nullptr) : action_(std::move(action)) {}
  void Flush() override {
    ++flushes;
    if (action_) action_();
  }
  int flushes = 0;

 private:
  std::function<void()> action_;
};

class Timer final : public TimerNode {
 public:
  explicit Timer(std::function<void()> action) : action_(std::move(action)) {}

 private:
  void OnTimer() override { action_(); }
  std::function<void()> action_;
};

class ReactorTest : public testing::Test, public OneReactor {
 protected:
  // Any descriptor will do: the poller is ours.
  static constexpr int kFd = 1000;
};

TEST_F(ReactorTest, HandsAnEventToItsHandler) {
  Handler first;
  Handler second;
  Reactor::WatchId first_id = reactor->Watch(kFd, EPOLLIN, first);
  Reactor::WatchId second_id = reactor->Watch(kFd + 1, EPOLLIN, second);
  EXPECT_NE(first_id, 0u);
  reactor.poller().Report(reactor.poller().watched[kFd + 1].data, EPOLLIN | EPOLLHUP);
  reactor->Step();
  EXPECT_TRUE(first.seen.empty());
  EXPECT_EQ(second.seen, std::vector<uint32_t>{EPOLLIN | EPOLLHUP});
  reactor->Unwatch(first_id, kFd);
  reactor->Unwatch(second_id, kFd + 1);
}

TEST_F(ReactorTest, IgnoresAnEventOfADescriptorThatIsNoLongerWatched) {
  Handler handler;
  Reactor::WatchId id = reactor->Watch(kFd, EPOLLIN, handler);
  uint64_t stale = reactor.poller().watched[kFd].data;
  reactor->Unwatch(id, kFd);
  reactor.poller().Report(stale, EPOLLIN);
  reactor->Step();
  EXPECT_TRUE(handler.seen.empty());
  EXPECT_EQ(reactor.poller().watched.count(kFd), 0u);
}

TEST_F(ReactorTest, DoesNotHandAStaleEventToTheNextUserOfItsSlot) {
  Handler old_user;
  Handler new_user;
  Reactor::WatchId id = reactor->Watch(kFd, EPOLLIN, old_user);
  uint64_t stale = reactor.poller().watched[kFd].data;
  reactor->Forget(id);
  Reactor::WatchId next = reactor->Watch(kFd, EPOLLIN, new_user);
  EXPECT_NE(next, id);
  EXPECT_EQ(static_cast<uint32_t>(next), static_cast<uint32_t>(id)) << "the slot is used again";
  reactor.poller().Report(stale, EPOLLIN);
  reactor->Step();
  EXPECT_TRUE(old_user.seen.empty());
  EXPECT_TRUE(new_user.seen.empty());
  reactor->Unwatch(next, kFd);
}

// One connection closes another, whose event is in the same batch.
TEST_F(ReactorTest, DoesNotHandOutAnEventAfterItsHandlerWasForgottenInTheSameTurn) {
  Handler second;
  Reactor::WatchId second_id = 0;
  Handler first([&](uint32_t) { reactor->Forget(second_id); });
  Reactor::WatchId first_id = reactor->Watch(kFd, EPOLLIN, first);
  second_id = reactor->Watch(kFd + 1, EPOLLIN, second);
  reactor.poller().Report(first_id, EPOLLIN);
  reactor.poller().Report(second_id, EPOLLIN);
  reactor->Step();
  EXPECT_EQ(first.seen.size(), 1u);
  EXPECT_TRUE(second.seen.empty());
  reactor->Unwatch(first_id, kFd);
}

TEST_F(ReactorTest, AHandlerMayWatchManyMoreDescriptors) {
  Handler other;
  std::vector<Reactor::WatchId> more;
  Handler handler([&](uint32_t) {
    for (int i = 1; i <= 1000; ++i) more.push_back(reactor->Watch(kFd + i, EPOLLIN, other));
  });
  Reactor::WatchId id = reactor->Watch(kFd, EPOLLIN, handler);
  reactor.poller().Report(id, EPOLLIN);
  reactor->Step();
  EXPECT_EQ(std::set<Reactor::WatchId>(more.begin(), more.end()).size(), 1000u);
  for (int i = 1; i <= 1000; ++i) reactor->Unwatch(more[static_cast<size_t>(i - 1)], kFd + i);
  reactor->Unwatch(id, kFd);
}

TEST_F(ReactorTest, AnswersNoIdWhenTheKernelHasNoRoom) {
  Handler handler;
  reactor.poller().full = true;
  EXPECT_EQ(reactor->Watch(kFd, EPOLLIN, handler), 0u);
  EXPECT_EQ(errno, ENOSPC);
  reactor->Unwatch(0, kFd);  // harmless
  reactor->Forget(0);
  reactor.poller().full = false;
  Reactor::WatchId id = reactor->Watch(kFd, EPOLLIN, handler);
  EXPECT_NE(id, 0u);
  reactor->Unwatch(id, kFd);
}

TEST_F(ReactorTest, ChangesWhatIsWatchedFor) {
  Handler handler;
  Reactor::WatchId id = reactor->Watch(kFd, EPOLLIN, handler);
  reactor->Rewatch(id, kFd, EPOLLOUT);
  EXPECT_EQ(reactor.poller().watched[kFd].events, uint32_t{EPOLLOUT});
  reactor.poller().Report(reactor.poller().watched[kFd].data, EPOLLOUT);
  reactor->Step();
  EXPECT_EQ(handler.seen, std::vector<uint32_t>{EPOLLOUT});
  reactor->Unwatch(id, kFd);
}

TEST_F(ReactorTest, RunsWhatWasPostedInOrderAndOnce) {
  std::string order;
  reactor->Post([&] { order += 'a'; });
  reactor->Post([&] {
    order += 'b';
    EXPECT_TRUE(reactor->OnThread());
    EXPECT_EQ(Reactor::Current(), &*reactor);
    reactor->Post([&] { order += 'd'; });
  });
  reactor->Post([&] { order += 'c'; });
  EXPECT_FALSE(reactor->OnThread());
  reactor->Step();
  EXPECT_EQ(order, "abc") << "what is posted meanwhile waits for the next turn";
  reactor->Step();
  reactor->Step();
  EXPECT_EQ(order, "abcd");
  EXPECT_EQ(Reactor::Current(), nullptr);
}

TEST_F(ReactorTest, RunsAReadyTaskOnceHoweverOftenItWasMadeReady) {
  Task task;
  reactor.Run([&] {
    reactor->Ready(task);
    reactor->Ready(task);
  });
  EXPECT_EQ(task.turns, 1);
  reactor->Step();
  EXPECT_EQ(task.turns, 1);
}

TEST_F(ReactorTest, RunsReadyTasksInTheOrderInWhichTheyBecameReady) {
  std::string order;
  Task a([&] { return order += 'a', UnitTask::Next::kWait; });
  Task b([&] { return order += 'b', UnitTask::Next::kWait; });
  Task c([&] { return order += 'c', UnitTask::Next::kWait; });
  reactor.Run([&] {
    reactor->Ready(b);
    reactor->Ready(a);
    reactor->Ready(c);
  });
  EXPECT_EQ(order, "bac");
}

TEST_F(ReactorTest, ATaskThatHasMoreToDoGoesToTheEndOfTheQueue) {
  std::string order;
  int left = 2;
  Task busy([&] {
    order += 'x';
    return left-- > 0 ? UnitTask::Next::kAgain : UnitTask::Next::kWait;
  });
  Task other([&] { return order += 'o', UnitTask::Next::kWait; });
  reactor.Run([&] {
    reactor->Ready(busy);
    reactor->Ready(other);
  });
  EXPECT_EQ(order, "xoxx");
}

TEST_F(ReactorTest, BoundsTheResumptionsOfATurnAndThenDoesNotWait) {
  Reactor::Options options;
  options.turn_resumes_max = 10;
  SteppedReactor bounded(system.system(), clock, options);
  Task endless([] { return UnitTask::Next::kAgain; });
  bounded.Run([&] { bounded->Ready(endless); });
  EXPECT_EQ(endless.turns, 10);
  bounded->Step(kNever);
  EXPECT_EQ(bounded.poller().last_timeout, 0);
  EXPECT_EQ(endless.turns, 20);
}

TEST_F(ReactorTest, LooksAtDescriptorsAndTimersWhileTasksNeverRest) {
  Reactor::Options options;
  options.turn_resumes_max = 10;
  SteppedReactor bounded(system.system(), clock, options);
  Task endless([] { return UnitTask::Next::kAgain; });
  bounded.Run([&] { bounded->Ready(endless); });
  Handler handler;
  int fired = 0;
  Timer timer([&] { ++fired; });
  Reactor::WatchId id = bounded->Watch(kFd, EPOLLIN, handler);
  bounded->timers().Arm(timer, clock.Steady());
  clock.Advance(kNanosPerMilli);
  bounded.poller().Report(id, EPOLLIN);
  bounded->Step();
  EXPECT_EQ(handler.seen.size(), 1u);
  EXPECT_EQ(fired, 1);
  bounded->Unwatch(id, kFd);
}

TEST_F(ReactorTest, LooksAtDescriptorsBetweenManyTimersThatAreDueTogether) {
  constexpr int kTimers = 1000;
  int fired = 0;
  int fired_at_event = -1;
  Handler handler([&](uint32_t) { fired_at_event = fired; });
  Reactor::WatchId id = reactor->Watch(kFd, EPOLLIN, handler);
  std::deque<Timer> timers;
  for (int i = 0; i < kTimers; ++i) {
    reactor->timers().Arm(timers.emplace_back([&] { ++fired; }), clock.Steady());
  }
  clock.Advance(kNanosPerMilli);
  reactor->Step();
  reactor.poller().Report(id, EPOLLIN);
  reactor->Step(kNever);
  EXPECT_EQ(reactor.poller().last_timeout, 0);
  EXPECT_GT(fired_at_event, 0);
  EXPECT_LT(fired_at_event, kTimers / 2);
  for (int turn = 0; turn < kTimers && fired < kTimers; ++turn) reactor->Step(kNever);
  EXPECT_EQ(fired, kTimers);
  reactor->Unwatch(id, kFd);
}

TEST_F(ReactorTest, RunsATaskThatAnotherThreadWokeAndHoldsItUntilThen) {
  Task task;
  std::thread([&] { reactor->Wake(task); }).join();
  EXPECT_EQ(task.references, 2);
  EXPECT_EQ(task.turns, 0);
  reactor->Step();
  EXPECT_EQ(task.turns, 1);
  EXPECT_EQ(task.references, 1);
}

TEST_F(ReactorTest, FinishesEachEventBeforeTheNext) {
  std::string order;
  Flusher flusher([&] { order += 'F'; });
  Task task([&] {
    order += 'T';
    reactor->FlushSoon(flusher);
    return UnitTask::Next::kWait;
  });
  auto event = [&](uint32_t) {
    order += 'E';
    reactor->Ready(task);
  };
  Handler first(event);
  Handler second(event);
  Reactor::WatchId first_id = reactor->Watch(kFd, EPOLLIN, first);
  Reactor::WatchId second_id = reactor->Watch(kFd + 1, EPOLLIN, second);
  reactor.poller().Report(first_id, EPOLLIN);
  reactor.poller().Report(second_id, EPOLLIN);
  reactor->Step();
  EXPECT_EQ(order, "ETFETF") << "an answer is written while its bytes are in the cache";
  reactor->Unwatch(first_id, kFd);
  reactor->Unwatch(second_id, kFd + 1);
}

TEST_F(ReactorTest, FlushesOnceHoweverOftenItWasAsked) {
  Flusher flusher;
  reactor.Run([&] {
    reactor->FlushSoon(flusher);
    reactor->FlushSoon(flusher);
  });
  EXPECT_EQ(flusher.flushes, 1);
  reactor->Step();
  EXPECT_EQ(flusher.flushes, 1);
}

TEST_F(ReactorTest, FlushesWhatATimerCausedInTheSameTurn) {
  Flusher flusher;
  Timer timer([&] { reactor->FlushSoon(flusher); });
  reactor->timers().Arm(timer, clock.Steady());
  clock.Advance(kNanosPerMilli);
  reactor->Step();
  EXPECT_EQ(flusher.flushes, 1);
}

TEST_F(ReactorTest, DoesNotFlushWhatWasCancelled) {
  Flusher first;
  Flusher second;
  Flusher third;
  reactor.Run([&] {
    for (Flusher* each : {&first, &second, &third}) reactor->FlushSoon(*each);
    reactor->CancelFlush(second);
    reactor->CancelFlush(second);
  });
  EXPECT_EQ(first.flushes, 1);
  EXPECT_EQ(second.flushes, 0);
  EXPECT_EQ(third.flushes, 1);
  reactor.Run([&] { reactor->FlushSoon(second); });
  EXPECT_EQ(second.flushes, 1) << "it may be asked again";
}

TEST_F(ReactorTest, AFlushMayCancelAnother) {
  Flusher victim;
  Flusher killer([&] { reactor->CancelFlush(victim); });
  reactor.Run([&] {
    reactor->FlushSoon(victim);
    reactor->FlushSoon(killer);  // runs first
  });
  EXPECT_EQ(killer.flushes, 1);
  EXPECT_EQ(victim.flushes, 0);
}

TEST_F(ReactorTest, FreesADeadTaskAtTheEndOfTheTurnAndNotBefore) {
  Task dead;
  int references_seen = 0;
  Flusher last([&] { references_seen = dead.references; });
  reactor.Run([&] {
    reactor->Bury(dead);
    reactor->FlushSoon(last);
  });
  EXPECT_EQ(references_seen, 1);
  EXPECT_EQ(dead.references, 0);
}

TEST_F(ReactorTest, KeepsADeadTaskThatIsStillQueuedUntilTheQueueHasPassedIt) {
  Reactor::Options options;
  options.turn_resumes_max = 1;
  SteppedReactor bounded(system.system(), clock, options);
  Task busy;
  Task dead([] { return UnitTask::Next::kDone; });
  bounded.Run([&] {
    bounded->Ready(busy);
    bounded->Ready(dead);
    bounded->Bury(dead);
  });
  EXPECT_EQ(dead.turns, 0);
  EXPECT_EQ(dead.references, 1);
  bounded->Step();
  EXPECT_EQ(dead.turns, 1);
  EXPECT_EQ(dead.references, 0);
}

TEST_F(ReactorTest, NeverMakesADeadTaskReadyAgain) {
  Task dead;
  reactor->Wake(dead);
  reactor.Run([&] { reactor->Bury(dead); });  // the wake-up was there first
  EXPECT_EQ(dead.turns, 1);
  dead.references = 1;
  reactor->Wake(dead);
  reactor->Step();
  EXPECT_EQ(dead.turns, 1);
  EXPECT_EQ(dead.references, 1) << "the wake-up's own reference ends with it";
}

TEST_F(ReactorTest, FreesWhatIsBuriedWhenItIsDestroyed) {
  Task dead;
  Task woken;
  {
    SteppedReactor other(system.system(), clock);
    other->Bury(dead);
    other->Wake(woken);
  }
  EXPECT_EQ(dead.references, 0);
  EXPECT_EQ(woken.references, 1);
}

TEST_F(ReactorTest, WaitsNoLongerThanUntilTheNextTimerAndNoLongerThanAsked) {
  reactor->Step(kNever);
  EXPECT_EQ(reactor.poller().last_timeout, kNever);
  reactor->Step(5 * kNanosPerSecond);
  EXPECT_EQ(reactor.poller().last_timeout, 5 * kNanosPerSecond);
  Timer timer([] {});
  reactor->timers().Arm(timer, clock.Steady() + 7 * kNanosPerMilli);
  reactor->Step(kNever);
  EXPECT_EQ(reactor.poller().last_timeout, 7 * kNanosPerMilli);
  reactor->Step(0);
  EXPECT_EQ(reactor.poller().last_timeout, 0);
}

TEST_F(ReactorTest, DoesNotWaitWhileSomethingIsInItsInbox) {
  reactor->Post([] {});
  reactor->Step(kNever);
  EXPECT_EQ(reactor.poller().last_timeout, 0);
}

TEST_F(ReactorTest, KeepsOneTimeForTheWholeTurn) {
  Nanos before = 0;
  Nanos after = 0;
  reactor.Run([&] {
    before = reactor->now();
    clock.Advance(kNanosPerSecond);
    after = reactor->now();
  });
  EXPECT_EQ(before, after);
  reactor->Step();
  EXPECT_EQ(reactor->now(), before + kNanosPerSecond);
}

TEST_F(ReactorTest, TellsTheDateAndChangesItOnceASecond) {
  EXPECT_EQ(reactor->date(), "Sun, 06 Nov 1994 08:49:37 GMT");
  clock.Advance(kNanosPerSecond - 1);
  reactor->Step();
  EXPECT_EQ(reactor->date(), "Sun, 06 Nov 1994 08:49:37 GMT");
  clock.Advance(1);
  reactor->Step();
  EXPECT_EQ(reactor->date(), "Sun, 06 Nov 1994 08:49:38 GMT");
}

TEST_F(ReactorTest, FollowsAWallClockThatWasSetWithinASecondOrTwo) {
  clock.StepWall(absl::Hours(1));
  clock.Advance(kNanosPerSecond + 1);
  reactor->Step();
  EXPECT_EQ(reactor->date(), "Sun, 06 Nov 1994 09:49:38 GMT");
}

TEST_F(ReactorTest, PublishesItsRecordAtTheEndOfTheTurn) {
  telemetry::LedgerCell cell;
  SteppedReactor counted(system.system(), clock, {}, &cell);
  counted.Run([&] {
    Exchange& exchange = counted->exchanges().New();
    counted->exchanges().Accept(exchange);
    EXPECT_EQ(cell.Read().accepted, 0u);
    counted->exchanges().Decide(exchange, telemetry::Outcome::kRejected);
    counted->exchanges().Free(exchange);
  });
  EXPECT_EQ(cell.Read().accepted, 1u);
  EXPECT_EQ(cell.Read().Of(telemetry::Outcome::kRejected), 1u);
}

TEST_F(ReactorTest, RefusesToWakeATaskAtATime) {
  Task task;
  EXPECT_THROW(reactor->WakeAt(task, 0), std::logic_error);
}

// With the kernel's poller: whoever puts something in from another thread ends the wait.
TEST(ReactorLoop, IsWokenByWhatOtherThreadsPost) {
  TestSystem system;
  Reactor reactor(system.system(), {}, nullptr);
  std::thread loop([&] { reactor.Run(); });
  for (int i = 0; i < 200; ++i) {
    std::promise<bool> ran;
    reactor.Post([&] { ran.set_value(reactor.OnThread()); });
    EXPECT_TRUE(ran.get_future().get());
  }
  EXPECT_EQ(Reactor::Current(), nullptr);
  reactor.Stop();
  loop.join();
}

TEST(ReactorLoop, HearsFromADescriptorThroughEpoll) {
  TestSystem system;
  Reactor reactor(system.system(), {}, nullptr);
  int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  Handler handler([&](uint32_t) { reactor.Stop(); });
  Reactor::WatchId id = reactor.Watch(fd, EPOLLIN, handler);
  eventfd_write(fd, 1);
  reactor.Run();
  EXPECT_EQ(handler.seen, std::vector<uint32_t>{EPOLLIN});
  reactor.Unwatch(id, fd);
  close(fd);
}

}  // namespace
}  // namespace troupe
