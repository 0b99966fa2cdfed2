// The end of serving, as clients see it. Signals and exit codes are tested with the program.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/server/harness.h"

namespace troupe {
namespace {

TEST(Drain, FinishesWhatIsInFlightAndSaysThatTheConnectionCloses) {
  RunningServer server({"drain.timeout=1m"});
  Client busy = server.NewClient();
  Client idle = server.NewClient();
  busy.Send(GetRequest("/held") + GetRequest("/now"));
  ASSERT_TRUE(server.Begun(1));
  server.BeginDrain();
  EXPECT_EQ(idle.WaitForEnd(), Client::End::kClosed);
  server.stage().open = true;
  EXPECT_EQ(busy.Read().body, "held");
  const Answer last = busy.Read();
  EXPECT_EQ(last.body, "now");
  EXPECT_TRUE(last.closes());
  EXPECT_EQ(busy.WaitForEnd(), Client::End::kClosed);
  EXPECT_TRUE(Eventually([&] { return server.drained(); }));
}

TEST(Drain, ClosesItsListenersAndStillAnswersOpenConnectionsForAWhile) {
  RunningServer server({"drain.read=1m", "drain.timeout=1m"});
  Client open = server.NewClient();
  EXPECT_EQ(open.Get("/now").status, 200);
  server.BeginDrain();
  ASSERT_TRUE(Eventually([&] { return !Client(server.address()).Connect(); }));
  const Answer answer = open.Get("/now");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.closes());
  EXPECT_TRUE(Eventually([&] { return server.drained(); })) << "nothing is left to wait for";
}

TEST(Drain, DuringTheDelayNoRequestFailsAndKeepAliveClientsAreSentAway) {
  RunningServer server({"drain.delay=2s"});
  std::atomic<bool> stop{false};
  std::atomic<int> failed{0};
  std::atomic<int> sent_away{0};
  std::vector<std::thread> load;
  for (int i = 0; i < 4; ++i) {
    load.emplace_back([&] {
      while (!stop) {
        Client client(server.address());
        if (!client.Connect()) ++failed;
        for (bool closes = false; !closes && !stop;) {
          const Answer answer = client.Get("/sleep/1");
          if (answer.status != 200) ++failed;
          closes = answer.closes() || answer.status != 200;
          if (answer.closes()) ++sent_away;
        }
      }
    });
  }
  ASSERT_TRUE(Eventually([&] { return server.Ledger().accepted > 100; }));
  EXPECT_EQ(sent_away, 0);
  server.BeginDrain();
  EXPECT_TRUE(Eventually([&] { return sent_away >= 50 || failed > 0; }));
  stop = true;
  for (std::thread& thread : load) thread.join();
  EXPECT_EQ(failed, 0);
}

TEST(Drain, ClientThatDoesNotReadCannotHoldItUp) {
  RunningServer server({"drain.timeout=50ms", "http[0].send_buffer_bytes=64KiB"});
  Client client(server.address());
  client.SetReceiveBuffer(4096);
  ASSERT_TRUE(client.Connect());
  ASSERT_TRUE(client.Send(GetRequest("/big/10000000")));
  ASSERT_TRUE(server.Begun(1));
  server.BeginDrain();
  EXPECT_TRUE(Eventually([&] { return server.drained(); }));
}

TEST(Drain, CancelsHandlersThatWouldSleepOn) {
  RunningServer server({"drain.timeout=10ms"});
  Client client = server.NewClient();
  client.Send(GetRequest("/forever") + PostRequest("/forever", ""));
  ASSERT_TRUE(server.Begun(2));
  server.BeginDrain();
  EXPECT_TRUE(Eventually([&] { return server.drained(); }));
}

}  // namespace
}  // namespace troupe
