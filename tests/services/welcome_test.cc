#include "services/welcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "runtime/testing.h"

namespace troupe {
namespace {

TEST(Welcome, ShowsCommandsForTheAddressThatWasAsked) {
  TestApp<Welcome> app;
  const Response answer = app.Send("GET", "/", {{"Host", "127.0.0.1:8080"}});
  for (const char* path : {"/health\n", "/slow\n", "/echo\n", "/echo?body'\n"}) {
    EXPECT_NE(answer.body().find(std::string("http://127.0.0.1:8080") + path), std::string::npos)
        << answer.body();
  }
  EXPECT_LE(std::count(answer.body().begin(), answer.body().end(), '\n'), 10);
}

TEST(Welcome, IsPlainTextWhateverTheHostSays) {
  TestApp<Welcome> app;
  EXPECT_EQ(app.Get("/").content_type(), "text/plain; charset=utf-8");
}

}  // namespace
}  // namespace troupe
