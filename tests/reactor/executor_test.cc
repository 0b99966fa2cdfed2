#include "runtime/reactor/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

// A task that counts its turns and references, on whatever thread.
class Task final : public UnitTask {
 public:
  explicit Task(std::function<Next()> turn) : turn_(std::move(turn)) {}
  Next RunTurn() override {
    if (running.fetch_add(1) > 0) overlapped = true;
    Next next = overlapped ? Next::kWait : turn_();
    running.fetch_sub(1);
    return next;
  }
  void Hold() override { ++references; }
  void LetGo() override { --references; }

  std::atomic<int> running{0};
  std::atomic<bool> overlapped{false};
  std::atomic<int> references{1};

 private:
  std::function<Next()> turn_;
};

// A task that lets the test wait for its turns.
class CountedTask {
 public:
  UnitTask& operator*() { return task_; }
  void WaitForTurn() { turns_.acquire(); }
  bool HadTurn() { return turns_.try_acquire(); }
  int references() const { return task_.references; }

 private:
  std::counting_semaphore<> turns_{0};
  Task task_{[this] {
    turns_.release();
    return UnitTask::Next::kWait;
  }};
};

// A task that stays in its turn until the test lets it go on.
class HangingTask {
 public:
  UnitTask& operator*() { return task_; }
  void WaitUntilItHangs() {
    ASSERT_TRUE(hangs_.try_acquire_for(std::chrono::seconds(30))) << "it has had no turn";
  }
  void Release() { released_.release(); }
  bool overlapped() const { return task_.overlapped; }
  int references() const { return task_.references; }

 private:
  std::counting_semaphore<> hangs_{0};
  std::counting_semaphore<> released_{0};
  Task task_{[this] {
    hangs_.release();
    released_.acquire();
    return UnitTask::Next::kWait;
  }};
};

// Threads of this process that have the name.
int ThreadsOf(const std::string& name) {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "comm");
    std::string comm;
    if (std::getline(file, comm) && comm == name) ++count;
  }
  return count;
}

class ExecutorTest : public testing::Test, public TestSystem {};

TEST_F(ExecutorTest, RunsATaskThatIsWokenOnAThreadOfItsOwn) {
  Executor executor(system(), "test", 1);
  std::promise<std::thread::id> thread;
  Task task([&] {
    thread.set_value(std::this_thread::get_id());
    return UnitTask::Next::kWait;
  });
  executor.Wake(task);
  EXPECT_NE(thread.get_future().get(), std::this_thread::get_id());
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(task.references, 1);
}

TEST_F(ExecutorTest, RunsATaskAgainThatHasMoreToDo) {
  Executor executor(system(), "test", 1);
  std::promise<void> done;
  int turns = 0;
  Task task([&] {
    if (++turns < 3) return UnitTask::Next::kAgain;
    done.set_value();
    return UnitTask::Next::kWait;
  });
  executor.Wake(task);
  done.get_future().get();
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(turns, 3);
  EXPECT_EQ(task.references, 1);
}

TEST_F(ExecutorTest, ATaskWithMoreToDoDoesNotKeepOthersFromRunning) {
  Executor executor(system(), "test", 1);
  std::atomic<bool> enough = false;
  Task endless([&] { return enough ? UnitTask::Next::kWait : UnitTask::Next::kAgain; });
  CountedTask other;
  executor.Wake(endless);
  executor.Wake(*other);
  other.WaitForTurn();
  enough = true;
  EXPECT_TRUE(executor.Stop());
}

TEST_F(ExecutorTest, RunsOtherTasksWhileOneHangs) {
  Executor executor(system(), "test", 2);
  HangingTask hanging;
  CountedTask other;
  executor.Wake(*hanging);
  hanging.WaitUntilItHangs();
  for (int i = 0; i < 100; ++i) {
    executor.Wake(*other);
    other.WaitForTurn();
  }
  hanging.Release();
  EXPECT_TRUE(executor.Stop());
}

TEST_F(ExecutorTest, RunsATaskOnOneThreadAtATime) {
  Executor executor(system(), "test", 2);
  HangingTask task;
  CountedTask after;
  executor.Wake(*task);
  task.WaitUntilItHangs();
  executor.Wake(*task);
  executor.Wake(*after);
  after.WaitForTurn();  // so the second thread has passed the task in the queue
  EXPECT_FALSE(task.overlapped());
  task.Release();
  task.Release();
  EXPECT_TRUE(executor.Stop());
  EXPECT_FALSE(task.overlapped());
}

TEST_F(ExecutorTest, RunsATaskOnOneThreadAtATimeThoughItsTimeHasCome) {
  Executor executor(system(), "test", 2);
  HangingTask task;
  CountedTask after;
  executor.Wake(*task);
  task.WaitUntilItHangs();
  Nanos due = Clock::System().Steady();
  executor.WakeAt(*task, due);
  executor.WakeAt(*after, due + 1);
  after.WaitForTurn();
  EXPECT_FALSE(task.overlapped());
  task.Release();
  task.Release();
  EXPECT_TRUE(executor.Stop());
  EXPECT_FALSE(task.overlapped());
}

TEST_F(ExecutorTest, DoesNotForgetAWakeUpThatComesDuringTheTurn) {
  Executor executor(system(), "test", 2);
  HangingTask task;
  executor.Wake(*task);
  task.WaitUntilItHangs();
  executor.Wake(*task);
  task.Release();
  task.WaitUntilItHangs();
  task.Release();
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(task.references(), 1);
}

TEST_F(ExecutorTest, WakesATaskAtItsTimeAndNotEarlier) {
  Executor executor(system(), "test", 1);
  std::promise<Nanos> woken_at;
  Task task([&] {
    woken_at.set_value(Clock::System().Steady());
    return UnitTask::Next::kWait;
  });
  Nanos due = Clock::System().Steady() + 5 * kNanosPerMilli;
  executor.WakeAt(task, due);
  EXPECT_GE(woken_at.get_future().get(), due);
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(task.references, 1);
}

TEST_F(ExecutorTest, WakesTheEarlierFirstThoughItWasAskedLater) {
  Executor executor(system(), "test", 1);
  CountedTask far;
  CountedTask near;
  executor.WakeAt(*far, Clock::System().Steady() + 3600 * kNanosPerSecond);
  executor.WakeAt(*near, Clock::System().Steady());
  near.WaitForTurn();
  EXPECT_FALSE(far.HadTurn());
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(far.references(), 1);
}

TEST_F(ExecutorTest, WakesATaskAtTheTimeThatWasAskedLast) {
  Executor executor(system(), "test", 1);
  CountedTask task;
  Nanos now = Clock::System().Steady();
  executor.WakeAt(*task, now + 3600 * kNanosPerSecond);
  executor.WakeAt(*task, now + 7200 * kNanosPerSecond);
  EXPECT_EQ(task.references(), 2) << "that of the latest alarm, besides the task's own";
  executor.WakeAt(*task, now);
  task.WaitForTurn();
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(task.references(), 1);
}

TEST_F(ExecutorTest, DoesNotKeepADeadTaskUntilItsAlarm) {
  Executor executor(system(), "test", 1);
  Task task([] { return UnitTask::Next::kDone; });
  executor.WakeAt(task, Clock::System().Steady() + 3600 * kNanosPerSecond);
  executor.Wake(task);
  while (task.references > 1) std::this_thread::yield();
}

TEST_F(ExecutorTest, LetsGoOfWhatItNeverRanWhenItStops) {
  Executor executor(system(), "test", 1);
  HangingTask running;
  CountedTask queued;
  CountedTask timed;
  executor.Wake(*running);
  running.WaitUntilItHangs();
  executor.Wake(*queued);
  executor.WakeAt(*timed, Clock::System().Steady() + 3600 * kNanosPerSecond);
  EXPECT_EQ(queued.references(), 2);
  EXPECT_EQ(timed.references(), 2);
  EXPECT_FALSE(executor.Stop(/*patience=*/0));
  EXPECT_EQ(queued.references(), 1);
  EXPECT_EQ(timed.references(), 1);
  EXPECT_FALSE(queued.HadTurn());
  running.Release();
  EXPECT_TRUE(executor.Stop()) << "the second time the turn has ended";
  while (running.references() > 1) std::this_thread::yield();  // its thread is nobody's any more
}

TEST_F(ExecutorTest, RunsNothingThatIsWokenAfterItStopped) {
  Executor executor(system(), "test", 1);
  EXPECT_TRUE(executor.Stop());
  EXPECT_TRUE(executor.Stop()) << "once more is harmless";
  CountedTask task;
  executor.Wake(*task);
  executor.WakeAt(*task, 0);
  EXPECT_EQ(task.references(), 1);
  EXPECT_FALSE(task.HadTurn());
}

TEST_F(ExecutorTest, AThreadLeftBehindDoesNoHarmAfterTheExecutorIsGone) {
  HangingTask hanging;
  auto executor = std::make_unique<Executor>(system(), "test", 1);
  executor->Wake(*hanging);
  hanging.WaitUntilItHangs();
  EXPECT_FALSE(executor->Stop(/*patience=*/0));
  std::thread releaser([&] { hanging.Release(); });
  executor.reset();  // waits for it once more
  releaser.join();
  while (hanging.references() > 1) std::this_thread::yield();
}

TEST_F(ExecutorTest, LeavesAHungThreadBehindAndGoesOnWithAnother) {
  Executor executor(system(), "test", 1);
  HangingTask hanging;
  CountedTask other;
  executor.Wake(*hanging);
  hanging.WaitUntilItHangs();
  executor.Wake(*other);
  EXPECT_TRUE(executor.Abandon(*hanging));
  other.WaitForTurn();
  EXPECT_EQ(executor.abandoned(), 1);
  hanging.Release();
  while (executor.abandoned() > 0) std::this_thread::yield();
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(hanging.references(), 1);
}

TEST_F(ExecutorTest, ATaskThatWasLeftBehindComesToItsEndOnAnotherThread) {
  Executor executor(system(), "test", 1);
  std::binary_semaphore hangs{0};
  std::binary_semaphore released{0};
  std::promise<std::thread::id> ended_on;
  std::thread::id first;
  Task task([&] {
    if (first != std::thread::id()) {
      ended_on.set_value(std::this_thread::get_id());
      return UnitTask::Next::kDone;
    }
    first = std::this_thread::get_id();
    hangs.release();
    released.acquire();
    return UnitTask::Next::kWait;
  });
  executor.Wake(task);
  hangs.acquire();
  EXPECT_TRUE(executor.Abandon(task));
  executor.Wake(task);  // as the message does that tells it to end
  released.release();
  EXPECT_NE(ended_on.get_future().get(), first);
  EXPECT_TRUE(executor.Stop());
  EXPECT_FALSE(task.overlapped);
  EXPECT_EQ(task.references, 1);
}

TEST_F(ExecutorTest, LeavesNoThreadBehindThatDoesNotRunTheTask) {
  Executor executor(system(), "test", 1);
  CountedTask task;
  EXPECT_FALSE(executor.Abandon(*task)) << "it has never run";
  executor.Wake(*task);
  task.WaitForTurn();
  EXPECT_TRUE(executor.Stop());
  EXPECT_FALSE(executor.Abandon(*task)) << "its turn is over";
  EXPECT_EQ(executor.abandoned(), 0);
}

TEST_F(ExecutorTest, StopsThoughAThreadThatWasLeftBehindStillHangs) {
  HangingTask hanging;
  Executor executor(system(), "test", 1);
  executor.Wake(*hanging);
  hanging.WaitUntilItHangs();
  EXPECT_TRUE(executor.Abandon(*hanging));
  EXPECT_FALSE(executor.Stop(/*patience=*/0)) << "and says so";
  hanging.Release();
  EXPECT_TRUE(executor.Stop());
}

TEST_F(ExecutorTest, RunsAsManyTasksAtATimeAsItHasThreads) {
  Executor executor(system(), "test", 1);
  HangingTask first;
  HangingTask second;
  executor.Wake(*first);
  first.WaitUntilItHangs();
  executor.Wake(*second);
  executor.AddThread();
  second.WaitUntilItHangs();
  first.Release();
  second.Release();
  EXPECT_TRUE(executor.Stop());
}

TEST_F(ExecutorTest, RunsFewerTasksAtATimeWhenAThreadIsRemoved) {
  Executor executor(system(), "test", 2);
  const int before = ThreadsOf("test");
  EXPECT_EQ(before, 2);
  executor.RemoveThread();
  while (ThreadsOf("test") > 1) std::this_thread::yield();
  CountedTask task;
  executor.Wake(*task);
  task.WaitForTurn();
  executor.RemoveThread();
  while (ThreadsOf("test") > 0) std::this_thread::yield();
  executor.Wake(*task);
  EXPECT_FALSE(task.HadTurn());
  executor.AddThread();
  task.WaitForTurn();
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(task.references(), 1);
}

TEST_F(ExecutorTest, KeepsAThreadThatWasToGoButIsWantedAgain) {
  Executor executor(system(), "test", 1);
  HangingTask hanging;
  executor.Wake(*hanging);
  hanging.WaitUntilItHangs();
  executor.RemoveThread();
  executor.AddThread();
  EXPECT_EQ(ThreadsOf("test"), 1);
  hanging.Release();
  CountedTask task;
  executor.Wake(*task);
  task.WaitForTurn();
  EXPECT_TRUE(executor.Stop());
}

TEST_F(ExecutorTest, IsNoThreadForDirectMessages) {
  Executor executor(system(), "a name longer than the kernel's limit", 2);
  EXPECT_FALSE(executor.OnThread());
  std::promise<bool> on_thread;
  Task task([&] {
    on_thread.set_value(executor.OnThread());
    return UnitTask::Next::kWait;
  });
  executor.Ready(task);
  EXPECT_FALSE(on_thread.get_future().get());
}

TEST_F(ExecutorTest, KeepsADeadTaskWhileItsThreadRunsIt) {
  Executor executor(system(), "test", 1);
  std::promise<int> references;
  Task* self = nullptr;
  Task task([&] {
    executor.Bury(*self);
    references.set_value(self->references);
    return UnitTask::Next::kDone;
  });
  self = &task;
  executor.Wake(task);
  EXPECT_EQ(references.get_future().get(), 1) << "the executor's, besides the task's own";
  EXPECT_TRUE(executor.Stop());
  EXPECT_EQ(task.references, 0);
}

}  // namespace
}  // namespace troupe
