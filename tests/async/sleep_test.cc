#include <gtest/gtest.h>

#include <optional>

#include "tests/async/fake_runner.h"

namespace troupe {
namespace {

Task<absl::StatusCode> CodeOfSleep(Context& context, absl::Duration duration) {
  absl::Status slept = co_await context.Sleep(duration);
  co_return slept.code();
}

TEST(Sleep, ArmsTheRunnerForTheDuration) {
  FakeExchange exchange;
  Task<absl::StatusCode> task = CodeOfSleep(exchange.context, absl::Seconds(3));
  task.Start();
  ASSERT_EQ(exchange.runner.armed.size(), 1u);
  EXPECT_EQ(exchange.runner.armed[0]->after, absl::Seconds(3));
  EXPECT_EQ(exchange.runner.armed[0]->context, &exchange.context);
}

TEST(Sleep, IsOkWhenTheTimeHasPassedAndDisarms) {
  FakeExchange exchange;
  Task<absl::StatusCode> task = CodeOfSleep(exchange.context, absl::Seconds(3));
  task.Start();
  exchange.runner.Resume(absl::OkStatus());
  ASSERT_TRUE(task.done());
  EXPECT_EQ(*task.TakeResult(), absl::StatusCode::kOk);
  EXPECT_TRUE(exchange.runner.armed.empty());
}

TEST(Sleep, OfZeroStillGivesWayForATurn) {
  FakeExchange exchange;
  Task<absl::StatusCode> task = CodeOfSleep(exchange.context, absl::ZeroDuration());
  task.Start();
  EXPECT_FALSE(task.done());
  EXPECT_EQ(exchange.runner.armed.size(), 1u);
}

TEST(Sleep, AnswersWhatTheRunnerSaysWhenItIsCancelledMeanwhile) {
  FakeExchange exchange;
  Task<absl::StatusCode> task = CodeOfSleep(exchange.context, absl::Seconds(3));
  task.Start();
  exchange.runner.Resume(absl::CancelledError());
  EXPECT_EQ(*task.TakeResult(), absl::StatusCode::kCancelled);
}

TEST(Sleep, OfACancelledExchangeIsCancelledAtOnce) {
  FakeExchange exchange;
  exchange.context.set_cancelled();
  Task<absl::StatusCode> task = CodeOfSleep(exchange.context, absl::Seconds(3));
  task.Start();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(*task.TakeResult(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(exchange.runner.armed.empty());
}

TEST(Sleep, DisarmsWhenItsFrameIsDestroyed) {
  FakeExchange exchange;
  std::optional<Task<absl::StatusCode>> task = CodeOfSleep(exchange.context, absl::Seconds(3));
  task->Start();
  ASSERT_EQ(exchange.runner.armed.size(), 1u);
  task.reset();
  EXPECT_TRUE(exchange.runner.armed.empty());
}

}  // namespace
}  // namespace troupe
