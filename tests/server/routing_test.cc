// From a request's host, method and path to who answers it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/harness.h"

namespace troupe {
namespace {

using testing::HasSubstr;

constexpr char kRoutes[] = R"(
http: [{address: '127.0.0.1:0'}]
drain: {read: 10ms, timeout: 500ms}
pools:
  - {name: test, service: test, in_flight_max: 1, queue_max: 0}
routes:
  - {path: /now, methods: [GET], pool: test}
  - path: /now
    host: www.example.org
    redirect: {location: 'https://example.org/now', status: 308}
  - {path: /now, host: '*.example.org', pool: test, rewrite: /path/wildcard}
  - {path: '/api/{version}/*', pool: test, rewrite: '/path/{version}/rest/{*}'}
  - {path: '/old/*', redirect: {location: '/new/{*}'}}
  - {path: '/moved', redirect: {location: '/new?kept=1', status: 301}}
  - {path: '/throw', pool: test}
  - {path: '/held', pool: test}
  - {path: '/forever', pool: test, request_timeout: 20ms}
error_pages:
  - {statuses: [404, 503], body: '<p>sorry</p>'}
  - {statuses: [500], body: 'plain', content_type: text/plain}
)";

class Routing : public testing::Test {
 protected:
  Answer AskHost(const std::string& host, const std::string& target) {
    return client_.Ask("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  RunningServer server_{{"reactors.count=1"}, kRoutes};
  Client client_ = server_.NewClient();
};

TEST_F(Routing, UnknownPathIs404WithTheErrorPage) {
  const Answer answer = client_.Get("/unknown");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "<p>sorry</p>");
  EXPECT_EQ(answer.Field("Content-Type"), "text/html; charset=utf-8");
}

TEST_F(Routing, MethodThatNobodyTakesIs405WithAllow_Rfc9110_15_5_6) {
  const Answer answer = client_.Ask("DELETE /now HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.Field("Allow"), "GET, HEAD");
  EXPECT_THAT(answer.body, HasSubstr("method-not-allowed"));
}

TEST_F(Routing, OptionsOfTheServerAreAnswered_Rfc9110_9_3_7) {
  const Answer answer = client_.Ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.status, 204);
  EXPECT_THAT(answer.Field("Allow"), HasSubstr("GET"));
}

TEST_F(Routing, ExactHostBeforeWildcardBeforeNone) {
  EXPECT_EQ(AskHost("h", "/now").body, "now");
  EXPECT_EQ(AskHost("a.example.org:80", "/now").body, "/path/wildcard");
  EXPECT_EQ(AskHost("WWW.example.org", "/now").status, 308);
}

TEST_F(Routing, RewriteIsWhatTheServiceSees) {
  EXPECT_EQ(client_.Get("/api/v2/a/b").body, "/path/v2/rest/a/b");
}

TEST_F(Routing, RedirectSendsElsewhere_Rfc9110_15_4) {
  const Answer answer = client_.Get("/old/a/b%20c");
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.Field("Location"), "/new/a/b%20c");
  EXPECT_EQ(AskHost("www.example.org", "/now").Field("Location"), "https://example.org/now");
}

TEST_F(Routing, RedirectAppendsTheQueryWhereItHasNone) {
  EXPECT_EQ(client_.Get("/old/a?b=c&d").Field("Location"), "/new/a?b=c&d");
  EXPECT_EQ(client_.Get("/moved?b=c").Field("Location"), "/new?kept=1");
}

TEST_F(Routing, RequestTimeoutOfTheRouteWins) { EXPECT_EQ(client_.Get("/forever").status, 504); }

TEST_F(Routing, ErrorPageReplacesWhatTheServerSaysAndKeepsItsFields) {
  EXPECT_EQ(client_.Get("/throw").body, "plain");
  Client other = server_.NewClient();
  other.Send(GetRequest("/held"));
  ASSERT_TRUE(server_.Begun(1));
  const Answer shed = client_.Get("/now");
  EXPECT_EQ(shed.status, 503);
  EXPECT_EQ(shed.body, "<p>sorry</p>");
  EXPECT_NE(shed.Field("Retry-After"), "");
  server_.stage().open = true;
  EXPECT_EQ(other.Read().status, 200);
}

}  // namespace
}  // namespace troupe
