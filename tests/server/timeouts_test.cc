// What ends a client that takes its time. Every test waits for what the server does, with a
// time-out made short; none measures how long that took.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/harness.h"

namespace troupe {
namespace {

using testing::HasSubstr;

constexpr std::chrono::milliseconds kBetweenBytes{2};
constexpr int kBytesMax = 5000;  // far more than fit into any time-out here

// Sends `byte` again and again until the server says something, or ends the connection.
void Drip(Client& client, std::string_view byte) {
  for (int i = 0; i < kBytesMax && !client.Readable(kBetweenBytes); ++i) {
    if (!client.Send(byte)) return;
  }
}

std::string UploadHead(size_t size) {
  return "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

TEST(HeadTimeout, EndsAHeadThatStops_Rfc9110_15_5_9) {
  RunningServer server({"timeouts.head=50ms"});
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send("GET /now HTTP/1.1\r\nHost:"));
  const Answer answer = client.Read();
  EXPECT_EQ(answer.status, 408);
  EXPECT_TRUE(answer.closes());
  EXPECT_TRUE(server.Counts(telemetry::Outcome::kRejected, 1));
}

TEST(HeadTimeout, IsNotExtendedByBytesThatTrickleIn) {
  RunningServer server({"timeouts.head=50ms"});
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send("GET /now HTTP/1.1\r\nHost: h\r\nX: "));
  Drip(client, "a");
  EXPECT_EQ(client.Read().status, 408);
}

TEST(HeadTimeout, DoesNotEndAHandlerThatTakesLonger) {
  RunningServer server({"timeouts.head=100ms", "timeouts.keep_alive=100ms"});
  Client client = server.NewClient();
  EXPECT_EQ(client.Get("/sleep/300").status, 200);
}

TEST(BodyTimeout, EndsABodyThatStops_Rfc9110_15_5_9) {
  RunningServer server({"timeouts.body_idle=50ms"});
  Client client = server.NewClient();
  const Answer answer = client.Ask(UploadHead(100) + "a");
  EXPECT_EQ(answer.status, 408);
  EXPECT_TRUE(answer.closes());
}

TEST(BodyTimeout, EndsABodyBelowTheLowestRate) {
  RunningServer server({"timeouts.body_rate_bytes_min=100KiB", "timeouts.body_rate_grace=50ms"});
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send(UploadHead(100'000)));
  Drip(client, "a");
  EXPECT_EQ(client.Read().status, 408);
}

TEST(BodyTimeout, EndsAClientThatWasToldToContinueAndDoesNot) {
  RunningServer server({"timeouts.body_idle=50ms"});
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
  EXPECT_EQ(client.Read().status, 100);
  EXPECT_EQ(client.Read().status, 408);
}

TEST(KeepAliveTimeout, ClosesAnIdleConnectionWithoutAWord) {
  RunningServer server({"timeouts.keep_alive=200ms"});
  Client silent = server.NewClient();
  Client served = server.NewClient();
  EXPECT_EQ(served.Get("/now").status, 200);
  for (Client* client : {&silent, &served}) {
    EXPECT_TRUE(client->Readable(std::chrono::seconds(20)));
    EXPECT_EQ(client->Read().status, 0) << "an idle connection gets an answer";
    EXPECT_EQ(client->WaitForEnd(), Client::End::kClosed);
  }
  EXPECT_EQ(server.Ledger().accepted, 1u);
}

// The kernel answers unread bytes with a reset, which destroys the answer on its way to a client
// that is still sending.
TEST(Linger, LetsAClientThatStillSendsReadItsRefusal_Rfc9112_9_6) {
  RunningServer server({"limits.body_bytes_max=1KiB", "timeouts.linger=20s"});
  const std::string upload = UploadHead(8 << 20) + std::string(8 << 20, 'a');
  for (int i = 0; i < 5; ++i) {
    Client client = server.NewClient();
    ASSERT_TRUE(client.Send(upload)) << "reset while it sends";
    EXPECT_EQ(client.Read().status, 413);
    client.HalfClose();
    EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);
  }
}

TEST(Linger, LetsAClientThatPipelinesReadTheLastAnswer_Rfc9112_9_6) {
  RunningServer server({"http[0].requests_per_connection_max=1", "timeouts.linger=20s"});
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send(GetRequest("/held")));
  ASSERT_TRUE(server.Begun(1));
  ASSERT_TRUE(client.Send(GetRequest("/now")));
  server.stage().open = true;
  EXPECT_EQ(client.Read().body, "held");
  client.HalfClose();
  EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed) << "bytes that nobody read cause a reset";
}

// It said that nothing follows, so nobody waits for it; but its answer is on its way before a reset
// is.
TEST(Linger, SendsTheLastAnswerToAClientThatSaidCloseAndStillSentMore_Rfc9112_9_6) {
  for (const char* linger : {"timeouts.linger=20s", "timeouts.linger=0s"}) {
    RunningServer server({linger});
    Client client = server.NewClient();
    ASSERT_TRUE(client.Send(GetRequest("/held", "Connection: close\r\n")));
    ASSERT_TRUE(server.Begun(1));
    ASSERT_TRUE(client.Send("\r\n"));  // as user agents of old did after a body
    server.stage().open = true;
    EXPECT_EQ(client.Read().body, "held") << linger;
  }
}

TEST(Linger, EndsAClientThatSendsWithoutEnd) {
  RunningServer server({"limits.body_bytes_max=1KiB", "timeouts.linger=50ms"});
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send(UploadHead(1 << 30)));
  EXPECT_EQ(client.Read().status, 413);
  EXPECT_TRUE(Eventually([&] { return !client.Send("a"); }));
  EXPECT_TRUE(server.Connections(0));
}

}  // namespace
}  // namespace troupe
