// Requests sent ahead of their answers: order, and the bound of what is begun
// (limits.pipeline_max).
#include <gtest/gtest.h>

#include "tests/server/harness.h"

namespace troupe {
namespace {

class Pipelining : public testing::TestWithParam<const char*> {
 protected:
  Settings On(Settings settings) {
    settings.push_back(std::string("pools[0].placement=") + GetParam());
    // However many a DEDICATED worker may begin by default.
    settings.push_back("pools[0].in_flight_max=2000");
    return settings;
  }
};

TEST_P(Pipelining, AnswersKeepTheOrderOfSlowAndFastRequests) {
  RunningServer server(On({}));
  Client client = server.NewClient();
  const std::vector<std::pair<const char*, const char*>> kinds = {
      {"/sleep/20", "slept 20"}, {"/now", "now"},         {"/path/a", "/path/a"},
      {"/sleep/1", "slept 1"},   {"/sleep/5", "slept 5"}, {"/path/b", "/path/b"}};
  std::string requests;
  for (const auto& [target, body] : kinds) requests += GetRequest(target);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 5; ++i) {
    for (const auto& [target, body] : kinds) ASSERT_EQ(client.Read().body, body);
  }
}

TEST_P(Pipelining, NoMoreRequestsAreBegunThanTheLimitAllows) {
  for (int limit : {1, 2, 64}) {
    RunningServer server(On({"limits.pipeline_max=" + std::to_string(limit)}));
    Client client = server.NewClient();
    std::string requests;
    for (int i = 0; i < 200; ++i) requests += GetRequest("/held");
    ASSERT_TRUE(client.Send(requests));
    ASSERT_TRUE(server.Begun(limit));
    // By the time another connection's request is answered, all that had come was looked at.
    EXPECT_EQ(server.NewClient().Get("/now").status, 200);
    EXPECT_EQ(server.stage().begun, limit);
    EXPECT_TRUE(server.InFlight(static_cast<uint64_t>(limit)));
    server.stage().open = true;
    for (int i = 0; i < 200; ++i) ASSERT_EQ(client.Read().body, "held");
  }
}

TEST_P(Pipelining, AThousandRequestsAtOnceAreAllAnswered) {
  RunningServer server(On({}));
  Client client = server.NewClient();
  std::string requests;
  for (int i = 0; i < 1000; ++i) requests += GetRequest("/path/" + std::to_string(i));
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(client.Read().body, "/path/" + std::to_string(i));
  EXPECT_TRUE(server.Counts(telemetry::Outcome::kAnswered, 1000));
}

TEST_P(Pipelining, BodiesStandBetweenTheRequestsTheyBelongTo) {
  RunningServer server(On({}));
  Client client = server.NewClient();
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    requests += PostRequest("/echo", std::string(static_cast<size_t>(i * 50), 'a'));
    requests += GetRequest("/now");
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(client.Read().body.size(), static_cast<size_t>(i * 50));
    ASSERT_EQ(client.Read().body, "now");
  }
}

INSTANTIATE_TEST_SUITE_P(OnEveryPlacement, Pipelining,
                         testing::Values("REACTOR", "SHARED", "DEDICATED"),
                         [](const auto& info) { return std::string(info.param); });

TEST(PipeliningLimits, RequestsBehindTheLastAnswerAreNotBegun) {
  RunningServer server({"http[0].requests_per_connection_max=3"});
  Client client = server.NewClient();
  std::string requests;
  for (int i = 0; i < 10; ++i) requests += GetRequest("/sleep/1");
  ASSERT_TRUE(client.Send(requests));
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(client.Read().closes(), i == 3);
  EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);
  EXPECT_EQ(server.stage().begun, 3);
}

}  // namespace
}  // namespace troupe
