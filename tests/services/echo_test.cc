#include "services/echo.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "runtime/testing.h"

namespace troupe {
namespace {

TEST(Echo, ShowsRequestLineAndFieldsAsTheyCame) {
  TestApp<Echo> app;
  const Response answer =
      app.Send("PUT", "/a/../b%20c?d=%20", {{"HOST", "me"}, {"x-Mixed", "A b"}});
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "PUT /a/../b%20c?d=%20 HTTP/1.1\nHOST: me\nx-Mixed: A b\n");
}

TEST(Echo, ShowsTheBodyOnlyWhereAsked) {
  TestApp<Echo> app;
  const TestFields host = {{"Host", "me"}};
  EXPECT_EQ(app.Post("/echo", "secret", host).body().find("secret"), std::string::npos);
  EXPECT_EQ(app.Post("/echo?body", "hi", host).body(),
            "POST /echo?body HTTP/1.1\nHost: me\nContent-Length: 2\n\nhi");
  EXPECT_EQ(app.Post("/echo?body=1", "hi", host).body(),
            "POST /echo?body=1 HTTP/1.1\nHost: me\nContent-Length: 2\n\nhi");
}

TEST(Echo, AnswersEveryMethodAndPath) {
  TestApp<Echo> app;
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(app.Send(method, "/").status(), 200) << method;
    EXPECT_EQ(app.Send(method, "/a/b").status(), 200) << method;
  }
}

TEST(Echo, NeverAnswersWhatABrowserWouldRun) {
  TestApp<Echo> app;
  const Response shown = app.Get("/<script>?body");
  EXPECT_NE(shown.content_type(), "text/html");
  TestApp<Echo> bodies({{"mode", "body"}});
  const Response returned = bodies.Post("/", "<script>", {{"Content-Type", "text/html"}});
  EXPECT_EQ(returned.body(), "<script>");
  EXPECT_EQ(returned.content_type(), "application/octet-stream");
  EXPECT_EQ(returned.GetField("X-Content-Type-Options"), "nosniff");
}

TEST(Echo, ReturnsJustTheBodyWhereTheModeSaysSo) {
  TestApp<Echo> app({{"mode", "body"}});
  const Response answer =
      app.Post("/", "[1]", {{"Content-Type", "application/json; charset=utf-8"}});
  EXPECT_EQ(answer.body(), "[1]");
  EXPECT_EQ(answer.content_type(), "application/json; charset=utf-8");
}

TEST(Echo, RefusesAnUnknownMode) {
  EXPECT_THROW(TestApp<Echo>({{"mode", "bodies"}}), std::invalid_argument);
}

}  // namespace
}  // namespace troupe
