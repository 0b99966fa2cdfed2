// One test for each row of the table of outcomes, on every placement.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/harness.h"

namespace troupe {
namespace {

using telemetry::Outcome;
using testing::HasSubstr;

class Outcomes : public testing::TestWithParam<const char*> {
 protected:
  // One worker on one reactor.
  Settings On(Settings settings = {}) {
    settings.push_back(std::string("pools[0].placement=") + GetParam());
    settings.push_back("pools[0].workers.min=1");
    settings.push_back("reactors.count=1");
    return settings;
  }
};

TEST_P(Outcomes, AnsweredIsWhateverTheServiceAnswers) {
  RunningServer server(On());
  Client client = server.NewClient();
  EXPECT_EQ(client.Get("/now").body, "now");
  EXPECT_EQ(client.Get("/sleep/1").body, "slept 1");
  EXPECT_TRUE(server.Counts(Outcome::kAnswered, 2));
}

TEST_P(Outcomes, RejectedByParserAndRouter) {
  RunningServer server(On());
  Client client = server.NewClient();
  EXPECT_EQ(client.Get("/unknown").status, 404);
  EXPECT_EQ(client.Ask("DELETE /now HTTP/1.1\r\nHost: h\r\n\r\n").status, 405);
  EXPECT_EQ(client.Ask("GET /now HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);
  EXPECT_TRUE(server.Counts(Outcome::kRejected, 3));
}

TEST_P(Outcomes, ShedBeyondTheQueueSaysWhyAndWhenToComeAgain) {
  RunningServer server(On({"pools[0].in_flight_max=1", "pools[0].queue_max=1"}));
  Client working = server.NewClient();
  Client waiting = server.NewClient();
  Client shed = server.NewClient();
  working.Send(GetRequest("/held"));
  ASSERT_TRUE(server.Begun(1));
  waiting.Send(GetRequest("/now"));
  ASSERT_TRUE(server.InFlight(2));

  const Answer answer = shed.Get("/now");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("queue-full"));
  EXPECT_THAT(answer.Field("Retry-After"), testing::MatchesRegex("[1-9][0-9]*"));
  EXPECT_TRUE(server.Counts(Outcome::kShed, 1));

  server.stage().open = true;
  EXPECT_EQ(working.Read().body, "held");
  EXPECT_EQ(waiting.Read().body, "now");
  EXPECT_EQ(shed.Get("/now").body, "now");
  EXPECT_TRUE(server.Counts(Outcome::kAnswered, 3));
}

TEST_P(Outcomes, ShedWhenTheQueueTimesOutHasNotBegun) {
  RunningServer server(
      On({"pools[0].in_flight_max=1", "pools[0].queue_max=5", "pools[0].queue_timeout=20ms"}));
  Client working = server.NewClient();
  Client waiting = server.NewClient();
  working.Send(GetRequest("/held"));
  ASSERT_TRUE(server.Begun(1));
  const Answer answer = waiting.Get("/held");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("queue-timeout"));
  EXPECT_NE(answer.Field("Retry-After"), "");
  server.stage().open = true;
  EXPECT_EQ(working.Read().body, "held");
  EXPECT_EQ(server.stage().begun, 1);
  EXPECT_TRUE(server.Counts(Outcome::kShed, 1));
}

TEST_P(Outcomes, TimedOutIs504AndTheLateAnswerIsDropped) {
  RunningServer server(On({"pools[0].request_timeout=100ms", "pools[0].in_flight_max=2"}));
  Client client = server.NewClient();
  client.Send(GetRequest("/late") + GetRequest("/now"));
  const Answer late = client.Read();
  EXPECT_EQ(late.status, 504);
  EXPECT_THAT(late.body, HasSubstr("request-timeout"));
  EXPECT_EQ(client.Read().body, "now");
  ASSERT_TRUE(server.Inside(0)) << "the late handler does not come to its end";
  EXPECT_EQ(client.Get("/now").body, "now");
  EXPECT_TRUE(server.Counts(Outcome::kTimedOut, 1));
  EXPECT_TRUE(server.Counts(Outcome::kAnswered, 2));
}

TEST_P(Outcomes, TimedOutEndsAHandlerThatSleeps) {
  RunningServer server(On({"pools[0].request_timeout=20ms"}));
  Client client = server.NewClient();
  EXPECT_EQ(client.Get("/forever").status, 504);
  EXPECT_TRUE(server.Inside(0)) << "the handler sleeps on";
}

TEST_P(Outcomes, FailedWhenAHandlerThrows) {
  RunningServer server(On());
  Client client = server.NewClient();
  for (const char* target : {"/throw", "/throw-later"}) {
    const Answer answer = client.Get(target);
    EXPECT_EQ(answer.status, 500) << target;
    EXPECT_THAT(answer.body, HasSubstr("handler-threw"));
    EXPECT_THAT(answer.body, Not(HasSubstr("thrown by a test"))) << "internals are not shown";
  }
  EXPECT_EQ(client.Get("/now").body, "now");
  EXPECT_TRUE(server.Counts(Outcome::kFailed, 2));
}

TEST_P(Outcomes, FailedWhenTheAnswerMayNotBeSent) {
  RunningServer server(On());
  Client client = server.NewClient();
  const Answer answer = client.Get("/invalid");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("invalid-response"));
  EXPECT_THAT(answer.head, Not(HasSubstr("Set-Cookie")));
  EXPECT_TRUE(server.Counts(Outcome::kFailed, 1));
}

TEST_P(Outcomes, FailedWhenTheWorkerDiesAndAnotherTakesItsPlace) {
  RunningServer server(On({"pools[0].in_flight_max=5"}));
  Client other = server.NewClient();
  Client client = server.NewClient();
  other.Send(GetRequest("/forever"));
  ASSERT_TRUE(server.Begun(1));
  for (Answer answer : {client.Get("/die"), other.Read()}) {
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.body, HasSubstr("handler-dropped"));
  }
  EXPECT_TRUE(server.Counts(Outcome::kFailed, 2));
  EXPECT_TRUE(Eventually([&] { return client.Get("/now").body == "now"; }));
}

TEST_P(Outcomes, CancelledWhenTheDrainTimesOut) {
  RunningServer server(On({"drain.timeout=50ms", "pools[0].in_flight_max=2"}));
  Client client = server.NewClient();
  client.Send(GetRequest("/held") + GetRequest("/forever"));
  ASSERT_TRUE(server.Begun(2));
  server.BeginDrain();
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.Read();
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.body, HasSubstr("drain-timeout"));
  }
  EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);
}

TEST_P(Outcomes, ClientGoneEndsAHandlerThatIsSafe) {
  RunningServer server(On());
  Client client = server.NewClient();
  client.Send(GetRequest("/forever"));
  ASSERT_TRUE(server.Begun(1));
  client.Reset();
  EXPECT_TRUE(server.Counts(Outcome::kClientGone, 1));
  EXPECT_TRUE(server.Inside(0)) << "the handler sleeps on";
  EXPECT_TRUE(server.Connections(0));
}

TEST_P(Outcomes, ClientGoneLetsAHandlerThatIsNotSafeRunToItsEnd) {
  RunningServer server(On({"pools[0].in_flight_max=2"}));
  Client client = server.NewClient();
  client.Send(PostRequest("/held", ""));
  ASSERT_TRUE(server.Begun(1));
  client.Reset();
  EXPECT_TRUE(server.Counts(Outcome::kClientGone, 1));
  EXPECT_EQ(server.NewClient().Get("/now").body, "now");
  EXPECT_EQ(server.stage().inside, 1);
  server.stage().open = true;
  EXPECT_TRUE(server.Inside(0));
}

TEST_P(Outcomes, ClientGoneObeysTheRoutesCancelOnDisconnect) {
  RunningServer server(On({"routes[0].cancel_on_disconnect=ALWAYS"}));
  Client client = server.NewClient();
  client.Send(PostRequest("/forever", ""));
  ASSERT_TRUE(server.Begun(1));
  client.Reset();
  EXPECT_TRUE(server.Inside(0));
}

TEST_P(Outcomes, HalfCloseIsNoReasonToCancel) {
  RunningServer server(On());
  Client client = server.NewClient();
  client.Send(GetRequest("/held"));
  client.HalfClose();
  ASSERT_TRUE(server.Begun(1));
  server.stage().open = true;
  EXPECT_EQ(client.Read().body, "held");
  EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);
}

// What a handler does must neither lose the requests around it nor keep anything of itself.
TEST_P(Outcomes, HandlersOfEveryKindMixedLoseNoRequest) {
  RunningServer server(On(
      {"pools[0].request_timeout=300ms", "pools[0].in_flight_max=100", "limits.pipeline_max=64"}));
  const std::vector<std::pair<const char*, int>> kinds = {
      {"/now", 200},  {"/throw", 500},   {"/throw-later", 500}, {"/forever", 504},
      {"/late", 504}, {"/invalid", 500}, {"/sleep/2", 200},     {"/unknown", 404}};
  Client client = server.NewClient();
  constexpr int kRounds = 20;
  std::string requests;
  for (int i = 0; i < kRounds; ++i) {
    for (const auto& [target, status] : kinds) requests += GetRequest(target);
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < kRounds; ++i) {
    for (const auto& [target, status] : kinds) {
      ASSERT_EQ(client.Read().status, status) << target << " in round " << i;
    }
  }
  EXPECT_TRUE(server.Counts(Outcome::kAnswered, 2 * kRounds));
  EXPECT_TRUE(server.Counts(Outcome::kFailed, 3 * kRounds));
  EXPECT_TRUE(server.Counts(Outcome::kTimedOut, 2 * kRounds));
  EXPECT_TRUE(server.Counts(Outcome::kRejected, kRounds));
}

TEST_P(Outcomes, DroppedTogetherWithTheirClientLeaveNothing) {
  RunningServer server(On({"pools[0].queue_max=100"}));
  for (int i = 0; i < 50; ++i) {
    Client client = server.NewClient();
    client.Send(GetRequest("/forever") + GetRequest(i % 10 == 0 ? "/die" : "/late"));
    client.Reset();
  }
  EXPECT_TRUE(server.Connections(0));
  EXPECT_TRUE(server.InFlight(0));
  EXPECT_TRUE(server.Inside(0));
}

INSTANTIATE_TEST_SUITE_P(OnEveryPlacement, Outcomes,
                         testing::Values("REACTOR", "SHARED", "DEDICATED"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace troupe
