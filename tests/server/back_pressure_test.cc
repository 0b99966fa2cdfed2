// Clients that send and do not read: what is begun for them and what is kept for them is bounded,
// and they are given up in the end.
#include <gtest/gtest.h>

#include "tests/server/harness.h"

namespace troupe {
namespace {

using telemetry::Outcome;

constexpr int kAnswerBytes = 65536;
constexpr int kPipelineMax = 8;
// What the answers may fill: the server's output buffer (64 KiB) and one answer beyond, the
// pipeline behind it, and the kernel's buffers of both sides, which it may double.
constexpr int kBegunMax = 2 + kPipelineMax + 8;

Settings SmallBuffers(const std::string& write_stall) {
  return {"timeouts.write_stall=" + write_stall, "limits.output_buffer_bytes_max=64KiB",
          "limits.pipeline_max=" + std::to_string(kPipelineMax), "http[0].send_buffer_bytes=64KiB",
          "http[0].receive_buffer_bytes=64KiB"};
}

Client SlowReader(const RunningServer& server) {
  Client client(server.address());
  client.SetReceiveBuffer(4096);
  EXPECT_TRUE(client.Connect());
  return client;
}

TEST(BackPressure, ClientThatDoesNotReadIsNotReadFromAndOthersAreServed) {
  RunningServer server(SmallBuffers("1h"));
  Client client = SlowReader(server);
  const std::string request = GetRequest("/big/" + std::to_string(kAnswerBytes));
  constexpr size_t kLimit = 64 << 20;
  EXPECT_LT(client.SendUntilStuck(request, kLimit), kLimit) << "the server reads without end";
  EXPECT_LE(server.stage().begun, kBegunMax);
  EXPECT_LE(server.Ledger().in_flight, static_cast<uint64_t>(kBegunMax));
  Client other = server.NewClient();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(other.Get("/now").status, 200);
  client.Reset();
  EXPECT_TRUE(server.Connections(1));
}

TEST(BackPressure, ReadingGoesOnWhenTheClientReadsAgain) {
  RunningServer server(SmallBuffers("1h"));
  Client client = SlowReader(server);
  constexpr int kRequests = 100;
  std::string requests;
  for (int i = 0; i < kRequests; ++i)
    requests += GetRequest("/big/" + std::to_string(kAnswerBytes));
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_EQ(client.Read().body.size(), static_cast<size_t>(kAnswerBytes));
  }
  EXPECT_TRUE(server.Counts(Outcome::kAnswered, kRequests));
}

TEST(BackPressure, ClientThatTakesNothingIsClosedAfterTheWriteStall) {
  RunningServer server(SmallBuffers("50ms"));
  Client client = SlowReader(server);
  ASSERT_TRUE(client.Send(GetRequest("/big/10000000")));
  EXPECT_TRUE(server.Counts(Outcome::kClientGone, 1));
  EXPECT_TRUE(server.Connections(0));
}

}  // namespace
}  // namespace troupe
