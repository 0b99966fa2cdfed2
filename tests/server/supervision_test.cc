// Workers that throw, hang and die too often, behind a real server: their requests are answered,
// the others are served, and the pool comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/server/harness.h"

namespace troupe {
namespace {

using telemetry::Outcome;
using testing::HasSubstr;

// `test` behind every path, and `other` for the host of that name.
constexpr char kTwoPools[] = R"(
http: [{address: '127.0.0.1:0'}]
reactors: {count: 1}
timeouts: {linger: 50ms}
drain: {read: 10ms, timeout: 500ms}
trusted_proxies: ['127.0.0.1/32']
priority_field: X-Priority
deadline_field: X-Deadline-Ms
pools:
  - name: test
    service: test
    workers: {min: 1}
    hang_timeout: 50ms
    restart: {backoff_min: 1ms, backoff_max: 100ms, on_throw: RESTART_WORKER}
  - {name: other, service: test, workers: {min: 1}}
routes:
  - {path: '/*', pool: test}
  - {path: '/*', host: other, pool: other}
)";

Settings On(std::string_view placement, Settings settings = {}) {
  settings.push_back("pools[0].placement=" + std::string(placement));
  return settings;
}

Answer AskOther(Client& client) { return client.Ask("GET /now HTTP/1.1\r\nHost: other\r\n\r\n"); }

class Supervision : public testing::TestWithParam<const char*> {};

TEST_P(Supervision, AThrownExceptionFailsItsRequestAndReplacesTheWorkerWhereThePoolSaysSo) {
  RunningServer server(On(GetParam()), kTwoPools);
  Client client = server.NewClient();
  const int started = server.stage().started;
  const Answer answer = client.Get("/throw");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("handler-threw"));
  EXPECT_TRUE(Eventually([&] { return server.stage().started == started + 1; }));
  EXPECT_TRUE(Eventually([&] { return client.Get("/now").status == 200; }));
}

TEST_P(Supervision, AThrownExceptionLeavesTheWorkerAloneByDefault) {
  RunningServer server(On(GetParam(), {"pools[0].restart.on_throw=KEEP_WORKER"}), kTwoPools);
  Client client = server.NewClient();
  const int started = server.stage().started;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.Get("/throw").status, 500);
  EXPECT_EQ(client.Get("/now").status, 200);
  EXPECT_EQ(server.stage().started, started);
}

TEST_P(Supervision, AFailedPoolShedsAtOnceWhileAnotherServesAndRecoversByItself) {
  RunningServer server(On(GetParam(), {"pools[0].restart.restarts_max=2"}), kTwoPools);
  Client client = server.NewClient();
  Client other = server.NewClient();
  Answer answer;
  ASSERT_TRUE(Eventually([&] {
    answer = client.Get("/throw");
    EXPECT_EQ(AskOther(other).status, 200);
    return answer.body.find("pool-failed") != std::string::npos;
  }));
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.Field("Retry-After"), testing::MatchesRegex("[1-9][0-9]*"));
  EXPECT_TRUE(Eventually([&] { return client.Get("/now").status == 200; }));
  EXPECT_EQ(AskOther(other).status, 200);
}

TEST_P(Supervision, WhatWasNotBegunWhenItsWorkerDiedIsAnsweredByAnother) {
  RunningServer server(On(GetParam()), kTwoPools);
  Client client = server.NewClient();
  std::string requests = GetRequest("/throw");
  for (int i = 0; i < 8; ++i) requests += GetRequest("/now");
  client.Send(requests);
  EXPECT_EQ(client.Read().status, 500);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(client.Read().body, "now") << i;
  EXPECT_TRUE(server.Counts(Outcome::kAnswered, 8));
  EXPECT_TRUE(server.Counts(Outcome::kFailed, 1));
}

TEST_P(Supervision, ARouteThatIsFullShedsWhateverItsPoolHasRoomFor) {
  RunningServer server(On(GetParam(), {"routes[0].in_flight_max=1", "pools[0].workers.min=2"}),
                       kTwoPools);
  Client first = server.NewClient();
  Client second = server.NewClient();
  first.Send(GetRequest("/held"));
  ASSERT_TRUE(server.Begun(1));
  const Answer answer = second.Get("/now");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("route-full"));
  EXPECT_THAT(answer.body, HasSubstr("in_flight_max=1"));
  EXPECT_NE(answer.Field("Retry-After"), "");
  EXPECT_EQ(AskOther(second).status, 200) << "another route";
  server.stage().open = true;
  EXPECT_EQ(first.Read().body, "held");
  EXPECT_EQ(second.Get("/now").status, 200) << "it is counted until it is sent, and no longer";
}

TEST_P(Supervision, ATrustedProxySaysWhatIsCritical) {
  RunningServer server(On(GetParam(), {"pools[0].in_flight_max=1", "pools[0].queue_max=1"}),
                       kTwoPools);
  Client working = server.NewClient();
  Client low = server.NewClient();
  Client critical = server.NewClient();
  working.Send(GetRequest("/held"));
  ASSERT_TRUE(server.Begun(1));
  low.Send(GetRequest("/now", "X-Priority: low\r\n"));
  ASSERT_TRUE(server.InFlight(2));
  critical.Send(GetRequest("/now", "X-Priority: critical\r\n"));
  const Answer displaced = low.Read();
  EXPECT_EQ(displaced.status, 503);
  EXPECT_THAT(displaced.body, HasSubstr("queue-full"));
  server.stage().open = true;
  EXPECT_EQ(working.Read().body, "held");
  EXPECT_EQ(critical.Read().body, "now");
}

TEST_P(Supervision, WhoeverIsNoTrustedProxyIsNotHeeded) {
  RunningServer server(On(GetParam(), {"pools[0].in_flight_max=1", "pools[0].queue_max=1",
                                       "trusted_proxies=['192.0.2.1/32']"}),
                       kTwoPools);
  Client working = server.NewClient();
  Client waiting = server.NewClient();
  Client critical = server.NewClient();
  working.Send(GetRequest("/held", "X-Deadline-Ms: 1\r\n"));
  ASSERT_TRUE(server.Begun(1));
  waiting.Send(GetRequest("/now", "X-Priority: low\r\n"));
  ASSERT_TRUE(server.InFlight(2));
  EXPECT_EQ(critical.Ask(GetRequest("/now", "X-Priority: critical\r\n")).status, 503);
  server.stage().open = true;
  EXPECT_EQ(working.Read().body, "held");
  EXPECT_EQ(waiting.Read().body, "now");
}

TEST_P(Supervision, ATrustedProxyShortensTheTimeOfARequestButDoesNotLengthenIt) {
  RunningServer server(On(GetParam(), {"pools[0].request_timeout=2s"}), kTwoPools);
  Client client = server.NewClient();
  for (const char* fields : {"X-Deadline-Ms: 20\r\n", "X-Deadline-Ms: 60000\r\n"}) {
    const Answer answer = client.Ask(GetRequest("/forever", fields));
    EXPECT_EQ(answer.status, 504) << fields;
    EXPECT_THAT(answer.body, HasSubstr("request-timeout"));
  }
  EXPECT_TRUE(server.Inside(0));
}

INSTANTIATE_TEST_SUITE_P(OnAllPlacements, Supervision,
                         testing::Values("REACTOR", "SHARED", "DEDICATED"),
                         [](const auto& info) { return std::string(info.param); });

class Hang : public testing::TestWithParam<const char*> {};

TEST_P(Hang, IsAnsweredWith504AndItsWorkerReplacedWhileItStillHangs) {
  RunningServer server(On(GetParam(), {"pools[0].workers.max=1"}), kTwoPools);
  Client hanging = server.NewClient();
  Client other = server.NewClient();
  const int started = server.stage().started;
  const Answer answer = hanging.Get("/block");
  EXPECT_EQ(answer.status, 504);
  EXPECT_THAT(answer.body, HasSubstr("handler-hung"));
  EXPECT_EQ(other.Get("/now").status, 200);
  EXPECT_EQ(hanging.Get("/now").status, 200) << "its connection goes on";
  EXPECT_EQ(server.stage().started, started + 1);
  EXPECT_EQ(server.stage().inside, 1) << "the handler is still where it was";
  EXPECT_TRUE(server.Counts(Outcome::kTimedOut, 1));
  server.stage().open = true;
  EXPECT_TRUE(server.Inside(0));
}

TEST_P(Hang, OfMoreThreadsThanMayBeLeftBehindFailsThePoolUntilTheyEnd) {
  RunningServer server(On(GetParam(), {"pools[0].workers.max=1", "pools[0].abandoned_max=1"}),
                       kTwoPools);
  Client client = server.NewClient();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.Get("/block").status, 504);
  Answer answer;
  EXPECT_TRUE(Eventually([&] {
    answer = client.Get("/now");
    return answer.status == 503;
  }));
  EXPECT_THAT(answer.body, HasSubstr("pool-failed"));
  EXPECT_EQ(AskOther(client).status, 200);
  server.stage().open = true;
  EXPECT_TRUE(Eventually([&] { return client.Get("/now").status == 200; }));
}

INSTANTIATE_TEST_SUITE_P(OffTheReactors, Hang, testing::Values("SHARED", "DEDICATED"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace troupe
