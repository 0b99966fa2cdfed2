#include "services/respond.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "runtime/testing.h"

namespace troupe {
namespace {

TEST(Respond, AnswersOkWithoutOptions) {
  TestApp<Respond> app;
  const Response answer = app.Get("/");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "");
  EXPECT_EQ(answer.content_type(), "text/plain; charset=utf-8");
}

TEST(Respond, AnswersWhatItsOptionsSay) {
  TestApp<Respond> app({{"status", "503"},
                        {"body", "{}"},
                        {"content_type", "application/json"},
                        {"fields", "Retry-After: 5\n\nX-Reason: a: b \n"}});
  const Response answer = app.Get("/any/path");
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.body(), "{}");
  EXPECT_EQ(answer.content_type(), "application/json");
  EXPECT_EQ(answer.GetField("Retry-After"), "5");
  EXPECT_EQ(answer.GetField("X-Reason"), "a: b");
  EXPECT_EQ(answer.fields().size(), 2u);
}

TEST(Respond, AnswersEveryMethodOnEveryPath) {
  TestApp<Respond> app({{"body", "same"}});
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    for (const char* target : {"/", "/a", "/a/b/", "/a?b=c"}) {
      EXPECT_EQ(app.Send(method, target).body(), "same") << method << ' ' << target;
    }
  }
}

TEST(Respond, WaitsForTheDelay) {
  TestApp<Respond> app({{"body", "late"}, {"delay", "100ms"}});
  const std::unique_ptr<TestExchange> exchange = app.Begin("GET", "/");
  app.Advance(absl::Milliseconds(99));
  EXPECT_FALSE(exchange->done());
  app.Advance(absl::Milliseconds(1));
  ASSERT_TRUE(exchange->done());
  EXPECT_EQ(exchange->Wait().body(), "late");
}

TEST(Respond, EndsWhenItIsCancelledDuringTheDelay) {
  TestApp<Respond> app({{"delay", "1h"}});
  const std::unique_ptr<TestExchange> exchange = app.Begin("GET", "/");
  exchange->Cancel();
  EXPECT_TRUE(exchange->done());
}

TEST(Respond, RefusesOptionsThatCannotBeAnswered) {
  const std::initializer_list<ServiceOptions::Values::value_type> wrong[] = {
      {{"status", "199"}},
      {{"status", "600"}},
      {{"delay", "-1s"}},
      {{"content_type", "text/plain\r\nX: y"}},
      {{"fields", "no colon"}},
      {{"fields", "bad name: x"}},
      {{"fields", "Content-Length: 5"}},
      {{"colour", "red"}},
  };
  for (const auto& options : wrong) {
    EXPECT_THROW(TestApp<Respond>{options}, std::invalid_argument) << options.begin()->second;
  }
}

}  // namespace
}  // namespace troupe
