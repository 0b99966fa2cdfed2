// What stands around requests and answers: bodies, expectations, methods without a body, and how
// long a connection lasts. What the parser refuses is tested with the parser, byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/harness.h"

namespace troupe {
namespace {

using testing::HasSubstr;

constexpr char kExpect[] = "Expect: 100-continue\r\n";

std::string ExpectingPost(std::string_view target, size_t size) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + kExpect +
         "Content-Length: " + std::to_string(size) + "\r\n\r\n";
}

std::string Chunked(std::string_view body, size_t chunk) {
  std::string request = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (size_t at = 0; at < body.size(); at += chunk) {
    const std::string_view piece = body.substr(at, chunk);
    char size[32];
    snprintf(size, sizeof(size), "%zx\r\n", piece.size());
    request.append(size).append(piece).append("\r\n");
  }
  return request + "0\r\n\r\n";
}

TEST(ExpectContinue, IsToldToGoOnBeforeTheBody_Rfc9110_10_1_1) {
  RunningServer server;
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send(ExpectingPost("/echo", 5)));
  EXPECT_EQ(client.Read().status, 100);
  EXPECT_EQ(client.Ask("hello").body, "hello");
}

TEST(ExpectContinue, IsNotToldToWhenTheBodyIsThere_Rfc9110_10_1_1) {
  RunningServer server;
  Client client = server.NewClient();
  const Answer answer = client.Ask(ExpectingPost("/echo", 5) + "hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
}

TEST(ExpectContinue, IsRefusedBeforeTheBody_Rfc9110_10_1_1) {
  RunningServer server({"limits.body_bytes_max=1KiB"});
  for (auto [request, status] :
       {std::pair(ExpectingPost("/unknown", 5), 404), std::pair(ExpectingPost("/now", 5), 405),
        std::pair(ExpectingPost("/echo", 1025), 413)}) {
    Client client = server.NewClient();
    const Answer answer = client.Ask(request);
    EXPECT_EQ(answer.status, status);
    EXPECT_TRUE(answer.closes()) << "whether the body still comes is unknown";
    client.HalfClose();
    EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);
  }
}

TEST(Bodies, OneMebibyteComesAndGoesWhole) {
  RunningServer server;
  Client client = server.NewClient();
  std::string body(1 << 20, '\0');
  for (size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 % 251);
  EXPECT_TRUE(client.Ask(PostRequest("/echo", body)).body == body);
  EXPECT_TRUE(client.Ask(Chunked(body, 4000)).body == body);
  EXPECT_EQ(client.Get("/now").body, "now");
}

TEST(Bodies, ChunksMayBeSplitAnywhere) {
  RunningServer server;
  Client client = server.NewClient();
  const std::string request = Chunked("hello, chunked world", 7);
  for (size_t at = 1; at < request.size(); ++at) {
    ASSERT_TRUE(client.Send(request.substr(0, at)));
    ASSERT_EQ(client.Ask(request.substr(at)).body, "hello, chunked world") << "split at " << at;
  }
}

TEST(Bodies, LimitOfARouteIsAnsweredWith413_Rfc9110_15_5_14) {
  RunningServer server({"limits.body_bytes_max=10", "timeouts.linger=50ms"}, R"(
http: [{address: '127.0.0.1:0'}]
drain: {read: 10ms, timeout: 500ms}
pools:
  - {name: test, service: test}
routes:
  - {path: /echo, pool: test, body_bytes_max: 20}
  - {path: /held, pool: test}
)");
  EXPECT_EQ(server.NewClient().Ask(PostRequest("/echo", std::string(20, 'a'))).status, 200);
  EXPECT_EQ(server.NewClient().Ask(PostRequest("/echo", std::string(21, 'a'))).status, 413);
  EXPECT_EQ(server.NewClient().Ask(PostRequest("/held", std::string(11, 'a'))).status, 413);
  EXPECT_EQ(server.NewClient().Ask(Chunked(std::string(20, 'a'), 3)).status, 200);
  EXPECT_EQ(server.NewClient().Ask(Chunked(std::string(21, 'a'), 3)).status, 413);
}

TEST(Bodies, OfARequestThatIsAnsweredAlreadyIsReadAndDropped) {
  RunningServer server;
  Client client = server.NewClient();
  EXPECT_EQ(client.Ask(PostRequest("/unknown", std::string(100'000, 'a'))).status, 404);
  EXPECT_EQ(client.Get("/now").body, "now");
}

TEST(Answers, ToHeadHaveTheFieldsOfGetAndNoBody_Rfc9110_9_3_2) {
  RunningServer server;
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send("HEAD /now HTTP/1.1\r\nHost: h\r\n\r\n"));
  const Answer answer = client.Read(/*head_only=*/true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Field("Content-Length"), "3");
  EXPECT_EQ(client.Get("/now").body, "now");
}

TEST(Answers, Of204HaveNeitherBodyNorLength_Rfc9110_15_3_5) {
  RunningServer server;
  Client client = server.NewClient();
  const Answer answer = client.Get("/empty");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.Field("Content-Length"), "");
  EXPECT_EQ(client.Get("/now").body, "now");
}

TEST(Answers, SayWhenTheyWereMade_Rfc9110_6_6_1) {
  RunningServer server;
  EXPECT_THAT(server.NewClient().Get("/now").Field("Date"),
              testing::MatchesRegex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} .* GMT"));
}

TEST(Persistence, Of11LastsUntilTheClientSaysClose_Rfc9112_9_3) {
  RunningServer server;
  Client client = server.NewClient();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(client.Get("/now").closes());
  const Answer last = client.Ask(GetRequest("/now", "Connection: close\r\n"));
  EXPECT_TRUE(last.closes());
  EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);
}

TEST(Persistence, Of10LastsOnlyWhereTheClientAsksForIt_Rfc9112_9_3) {
  RunningServer server;
  Client client = server.NewClient();
  EXPECT_EQ(client.Ask("GET /now HTTP/1.0\r\n\r\n").body, "now");
  EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);

  client = server.NewClient();
  for (int i = 0; i < 3; ++i) {
    const Answer answer = client.Ask("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(answer.body, "now");
    EXPECT_EQ(answer.Field("Connection"), "keep-alive");
  }
}

TEST(Persistence, CanBeTurnedOff) {
  RunningServer server({"http[0].keep_alive=false"});
  Client client = server.NewClient();
  EXPECT_TRUE(client.Get("/now").closes());
  EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);
}

TEST(Persistence, EndsAfterRequestsPerConnectionMax) {
  RunningServer server({"http[0].requests_per_connection_max=3"});
  Client client = server.NewClient();
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(client.Get("/now").closes(), i == 3);
  EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);
}

TEST(Persistence, RequestThatEndsInTheMiddleIsRefused_Rfc9112_8) {
  RunningServer server;
  for (const std::string& request :
       {std::string("GET /now HT"), ExpectingPost("/echo", 5).substr(0, 40),
        std::string("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel")}) {
    Client client = server.NewClient();
    ASSERT_TRUE(client.Send(request));
    client.HalfClose();
    EXPECT_EQ(client.Read().status, 400) << request;
    EXPECT_EQ(client.WaitForEnd(), Client::End::kClosed);
  }
  EXPECT_TRUE(server.Counts(telemetry::Outcome::kRejected, 3));
}

TEST(Persistence, ConnectionWithoutARequestIsNoRequest) {
  RunningServer server;
  server.NewClient().Close();
  Client client = server.NewClient();
  client.Send("\r\n");
  client.HalfClose();
  EXPECT_TRUE(server.Connections(0));
  EXPECT_EQ(server.Ledger().accepted, 0u);
}

}  // namespace
}  // namespace troupe
