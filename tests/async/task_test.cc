#include "runtime/async/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace troupe {
namespace {

// Suspends until the test resumes it.
class Gate {
 public:
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) noexcept { frame_ = frame; }
  void await_resume() const noexcept {}
  void Open() { frame_.resume(); }

 private:
  std::coroutine_handle<> frame_;
};

Task<std::string> Text(std::string text) { co_return text; }
Task<int> Fails(absl::Status status) { co_return status; }
Task<int> ReturnsResult(absl::StatusOr<int> result) { co_return result; }
Task<int> Throws() {
  throw std::runtime_error("thrown");
  co_return 0;
}
Task<int> WaitsAt(Gate& gate, int value) {
  co_await gate;
  co_return value;
}

template <class T>
absl::StatusOr<T> ResultOf(Task<T> task) {
  task.Start();
  EXPECT_TRUE(task.done());
  return task.TakeResult();
}

TEST(Task, IsEmptyByDefault) { EXPECT_FALSE(Task<int>().valid()); }

TEST(Task, RunsNothingBeforeItIsStarted) {
  bool ran = false;
  const auto mark = [](bool& ran) -> Task<int> {
    ran = true;
    co_return 1;
  };
  Task<int> task = mark(ran);
  EXPECT_FALSE(ran);
  task.Start();
  EXPECT_TRUE(ran);
}

TEST(Task, EndsWithAValueAStatusOrEither) {
  EXPECT_EQ(*ResultOf(Text("value")), "value");
  EXPECT_EQ(ResultOf(Fails(absl::NotFoundError("gone"))).status(), absl::NotFoundError("gone"));
  EXPECT_EQ(*ResultOf(ReturnsResult(7)), 7);
  EXPECT_EQ(ResultOf(ReturnsResult(absl::AbortedError("no"))).status(), absl::AbortedError("no"));
}

TEST(Task, AnOkStatusInsteadOfAValueIsAnInternalError) {
  EXPECT_EQ(ResultOf(Fails(absl::OkStatus())).status().code(), absl::StatusCode::kInternal);
}

TEST(Task, CarriesValuesThatCanOnlyBeMoved) {
  const auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
  EXPECT_EQ(**ResultOf(make()), 3);
}

TEST(Task, AwaitingAnswersTheResult) {
  const auto outer = []() -> Task<std::string> {
    absl::StatusOr<std::string> text = co_await Text("inner");
    absl::StatusOr<int> failed = co_await Fails(absl::NotFoundError("gone"));
    co_return *text + " " + std::string(failed.status().message());
  };
  EXPECT_EQ(*ResultOf(outer()), "inner gone");
}

TEST(Task, GoesOnWithTheAwaiterWhenASuspendedTaskEnds) {
  Gate gate;
  const auto outer = [](Gate& gate) -> Task<int> {
    absl::StatusOr<int> value = co_await WaitsAt(gate, 5);
    co_return *value + 1;
  };
  Task<int> task = outer(gate);
  task.Start();
  EXPECT_FALSE(task.done());
  gate.Open();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(*task.TakeResult(), 6);
}

TEST(Task, ThrowsWhatTheCoroutineThrewWhenTheResultIsTaken) {
  Task<int> task = Throws();
  task.Start();
  ASSERT_TRUE(task.done());
  EXPECT_THROW((void)task.TakeResult(), std::runtime_error);
}

TEST(Task, ThrowsInTheAwaiterWhatTheAwaitedThrew) {
  const auto outer = []() -> Task<std::string> {
    try {
      (void)co_await Throws();
    } catch (const std::runtime_error& error) {
      co_return error.what();
    }
    co_return "nothing was thrown";
  };
  EXPECT_EQ(*ResultOf(outer()), "thrown");
}

TEST(Task, AnExceptionThatNobodyCatchesReachesTheOutermostResult) {
  const auto outer = []() -> Task<int> { co_return co_await Throws(); };
  Task<int> task = outer();
  task.Start();
  EXPECT_THROW((void)task.TakeResult(), std::runtime_error);
}

// Tells a list when it is destroyed.
class Witness {
 public:
  Witness(std::vector<std::string>* destroyed, std::string name)
      : destroyed_(destroyed), name_(std::move(name)) {}
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness() { destroyed_->push_back(name_); }

 private:
  std::vector<std::string>* destroyed_;
  std::string name_;
};

TEST(Task, DestroyingASuspendedTaskDestroysTheTasksItAwaits) {
  std::vector<std::string> destroyed;
  Gate gate;
  const auto inner = [](Gate& gate, std::vector<std::string>& destroyed) -> Task<int> {
    Witness witness(&destroyed, "inner");
    co_await gate;
    co_return 1;
  };
  const auto outer = [&inner](Gate& gate, std::vector<std::string>& destroyed) -> Task<int> {
    Witness witness(&destroyed, "outer");
    co_return co_await inner(gate, destroyed);
  };
  {
    Task<int> task = outer(gate, destroyed);
    task.Start();
    EXPECT_TRUE(destroyed.empty());
  }
  EXPECT_EQ(destroyed, (std::vector<std::string>{"inner", "outer"}));
}

TEST(Task, MovingHandsTheFrameOver) {
  Gate gate;
  Task<int> first = WaitsAt(gate, 1);
  Task<int> second = std::move(first);
  EXPECT_FALSE(first.valid());  // NOLINT: what a moved-from task is, is what is tested
  second.Start();
  gate.Open();
  EXPECT_EQ(*second.TakeResult(), 1);
}

TEST(Task, AssigningDestroysTheFrameThatWasThere) {
  std::vector<std::string> destroyed;
  const auto holder = [](std::vector<std::string>& destroyed) -> Task<int> {
    Witness witness(&destroyed, "held");
    co_await std::suspend_always();
    co_return 1;
  };
  Task<int> task = holder(destroyed);
  task.Start();
  task = Task<int>();
  EXPECT_EQ(destroyed, std::vector<std::string>{"held"});
}

TEST(Task, ManyAwaitsInALoopDoNotGrowTheStack) {
#if !defined(__OPTIMIZE__) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "compilers make tail calls of symmetric transfers only when they optimise";
#endif
  const auto outer = []() -> Task<int> {
    int sum = 0;
    for (int i = 0; i < 1'000'000; ++i) {
      absl::StatusOr<int> one = co_await ReturnsResult(1);
      sum += *one;
    }
    co_return sum;
  };
  EXPECT_EQ(*ResultOf(outer()), 1'000'000);
}

}  // namespace
}  // namespace troupe
