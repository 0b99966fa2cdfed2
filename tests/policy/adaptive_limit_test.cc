#include "runtime/policy/adaptive_limit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <queue>
#include <random>
#include <vector>

#include "tests/policy/random.h"
#include "tests/policy/units.h"

namespace troupe::policy {
namespace {

// A server of so many workers with exponential service times, a queue in front of them and Poisson
// arrivals, of which the limiter admits some.
class Server {
 public:
  Server(const AdaptiveLimitPolicy& policy, int workers, Nanos service_time)
      : limit_(policy, 0), workers_(workers), service_time_(service_time) {}

  struct Result {
    double goodput = 0;  // served, as a share of capacity
    double shed = 0;     // share of the arrivals
    Nanos p99 = 0;       // from admission to end
    int limit_min = INT32_MAX;
    int limit_max = 0;
  };

  // `load` is a multiple of the capacity.
  Result Run(Nanos duration, double load) {
    const Nanos begin = now_;
    const double capacity = workers_ / ToSeconds(service_time_);
    std::vector<Nanos> latencies;
    int arrivals = 0;
    int sheds = 0;
    Result result;
    Nanos arrival = now_ + Draw(1 / (load * capacity));
    while (now_ < begin + duration) {
      if (busy_.empty() || arrival <= busy_.top().done) {
        now_ = arrival;
        arrival = now_ + Draw(1 / (load * capacity));
        ++arrivals;
        if (InFlight() < limit_.limit()) {
          queue_.push_back(now_);
        } else {
          ++sheds;
        }
      } else {
        now_ = busy_.top().done;
        const Nanos latency = now_ - busy_.top().arrived;
        latencies.push_back(latency);
        limit_.OnSample(now_, latency, InFlight(), false);
        busy_.pop();
      }
      Serve();
      result.limit_min = std::min(result.limit_min, limit_.limit());
      result.limit_max = std::max(result.limit_max, limit_.limit());
    }
    std::sort(latencies.begin(), latencies.end());
    result.goodput = static_cast<double>(latencies.size()) / (capacity * ToSeconds(duration));
    result.shed = static_cast<double>(sheds) / arrivals;
    result.p99 = latencies[latencies.size() * 99 / 100];
    return result;
  }

  void set_service_time(Nanos service_time) { service_time_ = service_time; }

 private:
  struct Job {
    Nanos done;
    Nanos arrived;
    bool operator>(const Job& other) const { return done > other.done; }
  };

  Nanos Draw(double mean_s) { return FromSeconds(mean_s * Exponential(random_)); }
  int InFlight() const { return static_cast<int>(queue_.size() + busy_.size()); }
  void Serve() {
    while (!queue_.empty() && static_cast<int>(busy_.size()) < workers_) {
      busy_.push({.done = now_ + Draw(ToSeconds(service_time_)), .arrived = queue_.front()});
      queue_.pop_front();
    }
  }

  AdaptiveLimit limit_;
  int workers_;
  Nanos service_time_;
  std::mt19937_64 random_{7};
  Nanos now_ = 0;
  std::deque<Nanos> queue_;
  std::priority_queue<Job, std::vector<Job>, std::greater<>> busy_;
};

TEST(AdaptiveLimit, OverloadedServerKeepsItsThroughputAndItsLatencyIsBounded) {
  for (const int workers : {2, 8, 32, 100}) {
    Server server({}, workers, kMs);
    server.Run(20 * kSecond, 3);  // learns
    const Server::Result result = server.Run(60 * kSecond, 3);
    EXPECT_GE(result.goodput, 0.9) << workers << " workers";
    // A calm server's is 4.6 ms: the exponential distribution's p99.
    EXPECT_LE(result.p99, 10 * kMs) << workers << " workers";
  }
}

TEST(AdaptiveLimit, SlowServerIsLearntToo) {
  Server server({}, 32, 50 * kMs);
  server.Run(20 * kSecond, 3);
  const Server::Result result = server.Run(120 * kSecond, 3);
  EXPECT_GE(result.goodput, 0.9);
  EXPECT_LE(result.p99, 350 * kMs);
}

TEST(AdaptiveLimit, WithoutItTheSameLoadMakesAllWait) {
  Server server({.floor = 1000, .ceiling = 1000, .initial = 1000}, 8, kMs);
  EXPECT_GT(server.Run(20 * kSecond, 3).p99, 100 * kMs);
}

TEST(AdaptiveLimit, CalmServerIsNotLimited) {
  Server server({}, 8, kMs);
  EXPECT_EQ(server.Run(60 * kSecond, 0.5).shed, 0);
}

TEST(AdaptiveLimit, LimitFindsTheKneeOfALargerAndASmallerServer) {
  for (const int workers : {8, 100}) {
    Server server({}, workers, kMs);
    server.Run(20 * kSecond, 3);
    const Server::Result result = server.Run(60 * kSecond, 3);
    EXPECT_GE(result.limit_max, workers);
    EXPECT_LE(result.limit_max, 4 * workers);
  }
}

TEST(AdaptiveLimit, FollowsWorkThatBecomesSlower) {
  Server server({}, 8, kMs);
  server.Run(60 * kSecond, 3);
  server.set_service_time(4 * kMs);
  server.Run(60 * kSecond, 3);  // the new calm latency is learnt within calm_measured_every
  EXPECT_GE(server.Run(60 * kSecond, 3).goodput, 0.9);
}

// Feeds windows of samples of one latency, `in_flight` at a time, from `begin`.
Nanos Feed(AdaptiveLimit& limit, Nanos begin, int windows, Nanos rtt, int in_flight,
           bool dropped = false) {
  for (int i = 0; i < windows * 25; ++i) {
    begin += 2 * kMs;
    limit.OnSample(begin, rtt, in_flight, dropped);
  }
  return begin;
}

TEST(AdaptiveLimit, StaysBetweenFloorAndCeiling) {
  const AdaptiveLimitPolicy policy{.floor = 5, .ceiling = 40, .initial = 20};
  AdaptiveLimit growing(policy, 0);
  Feed(growing, 0, 100, kMs, 19);
  for (int in_flight : {20, 30, 39, 39}) Feed(growing, 0, 10, kMs, in_flight);
  EXPECT_EQ(growing.limit(), 40);
  AdaptiveLimit shrinking(policy, 0);
  Feed(shrinking, 0, 100, kMs, 19, /*dropped=*/true);
  EXPECT_EQ(shrinking.limit(), 5);
}

TEST(AdaptiveLimit, DoesNotGrowBeyondWhatIsUsed) {
  AdaptiveLimit limit({.initial = 20}, 0);
  Feed(limit, 0, 100, kMs, 10);
  EXPECT_EQ(limit.limit(), 20);
}

TEST(AdaptiveLimit, TimeOutsShrinkTheLimit) {
  AdaptiveLimit limit({.initial = 100}, 0);
  Feed(limit, 0, 1, kMs, 100, /*dropped=*/true);
  EXPECT_EQ(limit.limit(), 90);
}

TEST(AdaptiveLimit, LongerLatencyShrinksTheLimitAtMostByHalfAtOnce) {
  AdaptiveLimit limit({.initial = 100}, 0);
  const Nanos now = Feed(limit, 0, 10, kMs, 10);
  Feed(limit, now, 1, 100 * kMs, 55);
  EXPECT_EQ(limit.limit(), 60);  // half, and the square root
}

TEST(AdaptiveLimit, LatencyWithinToleranceDoesNotShrinkTheLimit) {
  AdaptiveLimit limit({.initial = 100}, 0);
  const Nanos now = Feed(limit, 0, 10, 10 * kMs, 10);
  Feed(limit, now, 1, 15 * kMs, 90);
  EXPECT_EQ(limit.limit(), 110);
}

TEST(AdaptiveLimit, OneRequestAloneChangesNothing) {
  AdaptiveLimit limit({.initial = 100}, 0);
  limit.OnSample(kSecond, kSecond, 100, true);
  EXPECT_EQ(limit.limit(), 100);
}

}  // namespace
}  // namespace troupe::policy
