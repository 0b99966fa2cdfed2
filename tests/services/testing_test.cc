#include "runtime/testing.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace troupe {
namespace {

using std::string_literals::operator""s;

// Does one of each thing that TestApp has to handle, and remembers what happened.
class Sample : public Service {
 public:
  explicit Sample(ServiceOptions& options) : greeting_(options.String("greeting", "hello")) {}

  void Mount(Routes& routes) override {
    routes.Get("/greet/{name}", this, &Sample::Greet);
    routes.Post("/length", this, &Sample::Length);
    routes.Get("/sleep", this, &Sample::Sleep);
    routes.Get("/never", this, &Sample::Never);
    routes.Get("/throw", this, &Sample::Throw);
    routes.Get("/throw-later", this, &Sample::ThrowLater);
    routes.Get("/invalid", this, &Sample::Invalid);
    routes.Get("/draining", this, &Sample::Draining);
  }
  absl::Status Start() override {
    started = true;
    return absl::OkStatus();
  }
  void Stop() override { stopped_somewhere = true; }

  bool started = false;
  std::vector<std::string> log;
  static inline bool stopped_somewhere = false;

 private:
  std::string Greet(const Request& request) {
    return greeting_ + " " + std::string(request.Param("name"));
  }
  std::string Length(const Request& request) { return std::to_string(request.body().size()); }
  Task<std::string> Sleep(Context& context) {
    absl::Status slept = co_await context.Sleep(absl::Hours(1));
    log.push_back(slept.ok() ? "slept" : "cancelled");
    if (!slept.ok()) co_return slept;
    co_return "slept";
  }
  Task<std::string> Never(Context& context) {
    (void)co_await context.Sleep(absl::InfiniteDuration());
    co_return "";
  }
  std::string Throw() { throw std::runtime_error("broken"); }
  Task<std::string> ThrowLater(Context& context) {
    (void)co_await context.Sleep(absl::Seconds(1));
    throw 42;
  }
  Response Invalid() { return Response::Text("").AddField("Split", "a\r\nb"); }
  std::string Draining(Context& context) { return context.Draining() ? "draining" : "serving"; }

  std::string greeting_;
};

TEST(TestApp, AnswersThroughRouterAndHandler) {
  TestApp<Sample> app({{"greeting", "good day"}});
  const Response answer = app.Get("/greet/ann");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "good day ann");
}

TEST(TestApp, NormalizesThePathAsTheServerDoes) {
  TestApp<Sample> app;
  EXPECT_EQ(app.Get("/x/../greet/%61nn").body(), "hello ann");
}

TEST(TestApp, GivesTheBodyToTheHandler) {
  TestApp<Sample> app;
  EXPECT_EQ(app.Post("/length", "12345").body(), "5");
}

TEST(TestApp, RefusesWhatTheServerRefuses) {
  TestApp<Sample> app;
  EXPECT_EQ(app.Get("/absent").status(), 404);
  EXPECT_EQ(app.Get("/absent").content_type(), "application/problem+json");
  const Response answer = app.Post("/greet/ann", "");
  EXPECT_EQ(answer.status(), 405);
  EXPECT_EQ(answer.GetField("Allow"), "GET, HEAD");
  EXPECT_EQ(app.Send("GET", "/greet/ann", {{"Bad name", "x"}}).status(), 400);
  EXPECT_EQ(app.Send("BREW", "/greet/ann").status(), 501);
}

TEST(TestApp, MovesTheClockInsteadOfSleeping) {
  TestApp<Sample> app;
  const absl::Time begin = app.Now();
  EXPECT_EQ(app.Get("/sleep").body(), "slept");
  EXPECT_EQ(app.Now() - begin, absl::Hours(1));
}

TEST(TestApp, RunsSeveralExchangesSideBySide) {
  TestApp<Sample> app;
  const std::unique_ptr<TestExchange> first = app.Begin("GET", "/sleep");
  app.Advance(absl::Minutes(30));
  const std::unique_ptr<TestExchange> second = app.Begin("GET", "/sleep");
  app.Advance(absl::Minutes(30));
  EXPECT_TRUE(first->done());
  EXPECT_FALSE(second->done());
  EXPECT_EQ(second->Wait().body(), "slept");
}

TEST(TestApp, CancelsAnExchange) {
  TestApp<Sample> app;
  const std::unique_ptr<TestExchange> exchange = app.Begin("GET", "/sleep");
  exchange->Cancel();
  EXPECT_EQ(exchange->Wait().status(), 503);
  EXPECT_EQ(app.service().log, std::vector{"cancelled"s});
}

TEST(TestApp, DestroysTheCoroutineOfAnExchangeThatIsDropped) {
  TestApp<Sample> app;
  app.Begin("GET", "/sleep").reset();
  app.Advance(absl::Hours(2));
  EXPECT_TRUE(app.service().log.empty());
}

TEST(TestApp, SaysSoWhenAHandlerNeverEnds) {
  TestApp<Sample> app;
  EXPECT_THROW(app.Get("/never"), std::logic_error);
}

TEST(TestApp, AnswersWhatAHandlerThrowsWith500) {
  TestApp<Sample> app;
  EXPECT_EQ(app.Get("/throw").status(), 500);
  EXPECT_NE(app.Get("/throw").body().find("broken"), std::string::npos);
  EXPECT_EQ(app.Get("/throw-later").status(), 500);
}

TEST(TestApp, AnswersAnInvalidResponseWith500) {
  TestApp<Sample> app;
  EXPECT_EQ(app.Get("/invalid").status(), 500);
}

TEST(TestApp, TellsHandlersThatItDrains) {
  TestApp<Sample> app;
  EXPECT_EQ(app.Get("/draining").body(), "serving");
  app.Drain();
  EXPECT_EQ(app.Get("/draining").body(), "draining");
}

TEST(TestApp, StartsAndStopsTheService) {
  Sample::stopped_somewhere = false;
  {
    TestApp<Sample> app;
    EXPECT_TRUE(app.service().started);
    EXPECT_FALSE(Sample::stopped_somewhere);
  }
  EXPECT_TRUE(Sample::stopped_somewhere);
}

TEST(TestApp, RefusesOptionsThatTheServiceRefuses) {
  EXPECT_THROW(TestApp<Sample>({{"greting", "hi"}}), std::invalid_argument);
}

class Malformed : public Service {
 public:
  void Mount(Routes& routes) override { routes.Get("no-slash", this, &Malformed::Answer); }
  std::string Answer() { return ""; }
};

TEST(TestApp, RefusesAMalformedPattern) {
  EXPECT_THROW(TestApp<Malformed>(), std::invalid_argument);
}

}  // namespace
}  // namespace troupe
