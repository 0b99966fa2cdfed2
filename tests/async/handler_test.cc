#include "runtime/async/handler.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "tests/async/fake_runner.h"

namespace troupe {
namespace {

// A handler of every shape that Routes accepts.
class Shapes {
 public:
  std::string Nothing() { return "nothing"; }
  std::string OfRequest(const Request& request) { return std::string(request.path()); }
  std::string OfContext(Context& context) { return std::string(context.request().path()); }
  std::string OfBoth(const Request& request, Context& context) {
    return &request == &context.request() ? "both" : "different";
  }
  std::string Const() const { return "const"; }
  std::string Noexcept() noexcept { return "noexcept"; }

  Response AsResponse() { return Response::Html("<p>", 201); }
  absl::Status AsOk() { return absl::OkStatus(); }
  absl::Status AsError() { return absl::NotFoundError("no such row"); }
  absl::StatusOr<Response> AsResponseOr() { return Response(202); }
  absl::StatusOr<std::string> AsTextOr() { return "text or"; }
  absl::StatusOr<std::string> AsErrorOr() { return absl::UnavailableError("later"); }

  Task<Response> Waits(Context& context) {
    if (absl::Status slept = co_await context.Sleep(absl::Seconds(1)); !slept.ok()) co_return slept;
    co_return Response(203);
  }
  Task<std::string> WaitsForText(Context& context) {
    if (absl::Status slept = co_await context.Sleep(absl::Seconds(1)); !slept.ok()) co_return slept;
    co_return "slept";
  }
  Task<std::string> ThrowsLater(Context& context) {
    (void)co_await context.Sleep(absl::Seconds(1));
    throw std::runtime_error("later");
  }
  std::string Throws() { throw std::runtime_error("now"); }

  int WrongResult() { return 0; }
  std::string WrongParameter(int) { return ""; }
  std::string WrongOrder(Context&, const Request&) { return ""; }
  std::string ContextByValue(const Context&) { return ""; }
  Task<int> WrongTask() { co_return 0; }
  int member = 0;
};

static_assert(!kIsHandler<decltype(&Shapes::WrongResult)>);
static_assert(!kIsHandler<decltype(&Shapes::WrongParameter)>);
static_assert(!kIsHandler<decltype(&Shapes::WrongOrder)>);
static_assert(!kIsHandler<decltype(&Shapes::ContextByValue)>);
static_assert(!kIsHandler<decltype(&Shapes::WrongTask)>);
static_assert(!kIsHandler<decltype(&Shapes::member)>);
static_assert(!kIsHandler<int>);

class HandlerTest : public testing::Test {
 protected:
  HandlerTest() { exchange_.data.path = "/path"; }

  template <class Method>
  Task<Response> Call(Method method) {
    static_assert(kIsHandler<Method>);
    return internal::MethodHandler<Shapes, Method>(&shapes_, method).Call(exchange_.context);
  }
  template <class Method>
  const Response& AnswerOf(Method method) {
    EXPECT_FALSE(Call(method).valid()) << "a plain function leaves no task";
    return exchange_.context.response;
  }
  template <class Method>
  void Begin(Method method) {
    exchange_.context.task = Call(method);
    exchange_.context.task.Start();
  }

  Shapes shapes_;
  FakeExchange exchange_;
};

TEST_F(HandlerTest, TakesNothingTheRequestTheContextOrBoth) {
  EXPECT_EQ(AnswerOf(&Shapes::Nothing).body(), "nothing");
  EXPECT_EQ(AnswerOf(&Shapes::OfRequest).body(), "/path");
  EXPECT_EQ(AnswerOf(&Shapes::OfContext).body(), "/path");
  EXPECT_EQ(AnswerOf(&Shapes::OfBoth).body(), "both");
  EXPECT_EQ(AnswerOf(&Shapes::Const).body(), "const");
  EXPECT_EQ(AnswerOf(&Shapes::Noexcept).body(), "noexcept");
}

TEST_F(HandlerTest, AnswersAStringAsPlainText) {
  const Response& answer = AnswerOf(&Shapes::Nothing);
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.content_type(), "text/plain; charset=utf-8");
}

TEST_F(HandlerTest, AnswersEachKindOfResult) {
  EXPECT_EQ(AnswerOf(&Shapes::AsResponse).status(), 201);
  EXPECT_EQ(AnswerOf(&Shapes::AsOk).status(), 204);
  EXPECT_EQ(AnswerOf(&Shapes::AsError).status(), 404);
  EXPECT_EQ(AnswerOf(&Shapes::AsResponseOr).status(), 202);
  EXPECT_EQ(AnswerOf(&Shapes::AsTextOr).body(), "text or");
  EXPECT_EQ(AnswerOf(&Shapes::AsErrorOr).status(), 503);
}

TEST_F(HandlerTest, LeavesACoroutineAsATaskThatHasNotBegun) {
  Task<Response> task = Call(&Shapes::Waits);
  EXPECT_TRUE(task.valid());
  EXPECT_TRUE(exchange_.runner.armed.empty());
}

TEST_F(HandlerTest, TakesTheAnswerOfACoroutineThatHasEnded) {
  Begin(&Shapes::Waits);
  exchange_.runner.Resume(absl::OkStatus());
  TakeAnswer(exchange_.context);
  EXPECT_EQ(exchange_.context.response.status(), 203);
  EXPECT_FALSE(exchange_.context.task.valid());
}

TEST_F(HandlerTest, TakesTheTextOfACoroutineAsPlainText) {
  Begin(&Shapes::WaitsForText);
  exchange_.runner.Resume(absl::OkStatus());
  TakeAnswer(exchange_.context);
  EXPECT_EQ(exchange_.context.response.body(), "slept");
  EXPECT_EQ(exchange_.context.response.content_type(), "text/plain; charset=utf-8");
}

TEST_F(HandlerTest, AnswersTheErrorOfACoroutineWithItsStatus) {
  Begin(&Shapes::WaitsForText);
  exchange_.runner.Resume(absl::CancelledError());
  TakeAnswer(exchange_.context);
  EXPECT_EQ(exchange_.context.response.status(), 503);
}

TEST_F(HandlerTest, LetsExceptionsThroughToTheWorker) {
  EXPECT_THROW((void)Call(&Shapes::Throws), std::runtime_error);
  Begin(&Shapes::ThrowsLater);
  exchange_.runner.Resume(absl::OkStatus());
  EXPECT_THROW(TakeAnswer(exchange_.context), std::runtime_error);
  EXPECT_FALSE(exchange_.context.task.valid()) << "the frame is freed all the same";
}

}  // namespace
}  // namespace troupe
