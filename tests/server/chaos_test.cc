// Workers that are killed and connections that are reset at random, under load: no request is lost,
// at no instant, and nothing is left behind.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/harness.h"

namespace troupe {
namespace {

constexpr std::chrono::milliseconds kDuration{1500};
constexpr std::chrono::microseconds kBetweenSnapshots{50};
constexpr int kClients = 4;

class Chaos : public testing::TestWithParam<std::tuple<int, const char*>> {};

// A client that does anything but wait for its luck. Which it does is decided by its seed.
void Misbehave(const RunningServer& server, unsigned seed, const std::atomic<bool>& stop) {
  constexpr std::array<const char*, 9> kTargets = {"/now",     "/sleep/1",     "/sleep/20",
                                                   "/throw",   "/throw-later", "/invalid",
                                                   "/unknown", "/forever",     "/big/100000"};
  std::mt19937 random(seed);
  const auto roll = [&](size_t sides) { return static_cast<size_t>(random() % sides); };
  while (!stop) {
    Client client = server.NewClient();
    std::string requests;
    const size_t count = 1 + roll(10);
    for (size_t i = 0; i < count; ++i) {
      requests += roll(20) == 0  ? GetRequest("/die")
                  : roll(4) == 0 ? PostRequest("/echo", std::string(roll(5000), 'a'))
                                 : GetRequest(kTargets[roll(kTargets.size())]);
    }
    switch (roll(4)) {
      case 0:  // vanishes in the middle of a request
        client.Send(requests.substr(0, roll(requests.size())));
        client.Reset();
        break;
      case 1:  // vanishes before its answers, or between them
        client.Send(requests);
        for (size_t i = roll(count); i > 0 && client.Read().status != 0;) --i;
        client.Reset();
        break;
      case 2:
        client.Send(requests);
        client.HalfClose();
        client.WaitForEnd();
        break;
      default:
        client.Send(requests);
        for (size_t i = 0; i < count; ++i) EXPECT_NE(client.Read().status, 0) << "unanswered";
    }
  }
}

TEST_P(Chaos, NoRequestIsLostAtAnyInstant) {
  const auto [reactors, placement] = GetParam();
  RunningServer server({"reactors.count=" + std::to_string(reactors),
                        std::string("pools[0].placement=") + placement, "pools[0].workers.min=4",
                        "pools[0].in_flight_max=5", "pools[0].queue_max=20",
                        "pools[0].queue_timeout=20ms", "pools[0].request_timeout=50ms"});
  std::atomic<bool> stop{false};
  std::vector<std::thread> clients;
  for (unsigned i = 0; i < kClients; ++i) {
    clients.emplace_back([&, i] { Misbehave(server, i, stop); });
  }
  const auto until = std::chrono::steady_clock::now() + kDuration;
  int snapshots = 0;
  while (std::chrono::steady_clock::now() < until) {
    ASSERT_TRUE(Balanced(server.Ledger())) << "in snapshot " << snapshots;
    ++snapshots;
    std::this_thread::sleep_for(kBetweenSnapshots);
  }
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GT(server.Ledger().accepted, 100u);
  EXPECT_TRUE(server.InFlight(0));
  EXPECT_TRUE(server.Connections(0));
  EXPECT_TRUE(server.Inside(0));
  EXPECT_TRUE(Eventually([&] { return server.NewClient().Get("/now").status == 200; }));
}

// Keeps `kConnections` clients busy. Each is answered, with success or with a cause, on a
// connection that stays.
void AskOnManyConnections(const RunningServer& server, const std::atomic<bool>& stop) {
  constexpr int kConnections = 25;
  std::vector<Client> clients;
  for (int i = 0; i < kConnections; ++i) clients.push_back(server.NewClient());
  while (!stop) {
    for (size_t i = 0; i < clients.size(); ++i) {
      clients[i].Send(GetRequest(i % 5 == 0 ? "/sleep/1" : "/now"));
    }
    for (Client& client : clients) {
      const Answer answer = client.Read();
      const bool explained =
          answer.status >= 500 && answer.body.find("about:blank#") != std::string::npos;
      ASSERT_TRUE(answer.status == 200 || explained) << answer.status << answer.body;
    }
  }
}

TEST_P(Chaos, AnswersEveryRequestWhileWorkersAreKilledEveryFewMilliseconds) {
  const auto [reactors, placement] = GetParam();
  RunningServer server(
      {"reactors.count=" + std::to_string(reactors), std::string("pools[0].placement=") + placement,
       "pools[0].workers.min=8", "pools[0].queue_max=1000", "pools[0].restart.restarts_max=100000",
       "pools[0].restart.backoff_max=1ms", "pools[0].restart.on_throw=RESTART_WORKER"});
  std::atomic<bool> stop{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] { AskOnManyConnections(server, stop); });
  }
  std::thread killer([&] {
    std::mt19937 random(1);
    Client client = server.NewClient();
    while (!stop) {
      EXPECT_GE(client.Get(random() % 2 == 0 ? "/die" : "/throw").status, 500);
      std::this_thread::sleep_for(std::chrono::milliseconds(1 + random() % 5));
    }
  });
  const auto until = std::chrono::steady_clock::now() + kDuration;
  int snapshots = 0;
  while (std::chrono::steady_clock::now() < until) {
    ASSERT_TRUE(Balanced(server.Ledger())) << "in snapshot " << snapshots;
    ++snapshots;
    std::this_thread::sleep_for(kBetweenSnapshots);
  }
  stop = true;
  killer.join();
  for (std::thread& client : clients) client.join();
  EXPECT_GT(server.stage().started, 20) << "workers were killed";
  EXPECT_TRUE(server.InFlight(0));
  EXPECT_TRUE(server.Inside(0));
  EXPECT_TRUE(Eventually([&] { return server.NewClient().Get("/now").status == 200; }));
}

INSTANTIATE_TEST_SUITE_P(OnAllReactorsAndPlacements, Chaos,
                         testing::Combine(testing::Values(1, 2, 8),
                                          testing::Values("REACTOR", "SHARED", "DEDICATED")),
                         [](const auto& info) {
                           return std::to_string(std::get<0>(info.param)) + "Reactors" +
                                  std::get<1>(info.param);
                         });

}  // namespace
}  // namespace troupe
