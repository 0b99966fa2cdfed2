#include "runtime/telemetry/metrics.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace troupe::telemetry {
namespace {

constexpr int64_t kMilli = 1'000'000;

RequestRecord Answered(int64_t duration, int status = 200) {
  RequestRecord record;
  record.method = static_cast<size_t>(http::Method::kGet);
  record.status = status;
  record.duration_nanos = duration;
  record.queue_nanos = 0;
  return record;
}

TEST(Histogram, PutsADurationIntoTheFirstBucketWhoseBoundItDoesNotExceed) {
  for (size_t i = 0; i < kBucketBounds.size(); ++i) {
    const auto bound = static_cast<int64_t>(kBucketBounds[i] * 1000 + 0.5) * kMilli;
    EXPECT_EQ(Histogram::BucketOf(bound - 1), i) << kBucketBounds[i];
    EXPECT_EQ(Histogram::BucketOf(bound), i) << kBucketBounds[i];
    EXPECT_EQ(Histogram::BucketOf(bound + 1), i + 1) << kBucketBounds[i];
  }
  EXPECT_EQ(Histogram::BucketOf(0), 0u);
  EXPECT_EQ(Histogram::BucketOf(INT64_MAX), kBucketCount - 1);
}

TEST(Histogram, KnowsTheSumAndTheCount) {
  Histogram histogram;
  histogram.Observe(3 * kMilli);
  histogram.Observe(30 * kMilli);
  histogram.Observe(30'000 * kMilli);
  const HistogramReading reading = histogram.Read();
  EXPECT_EQ(reading.count(), 3u);
  EXPECT_EQ(reading.sum_nanos, static_cast<uint64_t>(30'033 * kMilli));
  EXPECT_EQ(reading.buckets.back(), 1u);
}

TEST(Metrics, SumsOverTheReactors) {
  Metrics metrics(2);
  RouteMetrics& route = metrics.Route("/a", "pool");
  route.cell(0).Count(Answered(kMilli));
  route.cell(1).Count(Answered(kMilli));
  route.cell(1).Count(Answered(7 * kMilli));
  const MetricsReading reading = metrics.Read();
  ASSERT_EQ(reading.durations.size(), 1u);
  EXPECT_EQ(reading.durations[0].route, "/a");
  EXPECT_EQ(reading.durations[0].method, "GET");
  EXPECT_EQ(reading.durations[0].status_class, 2u);
  EXPECT_EQ(reading.durations[0].histogram.buckets[0], 2u);
  EXPECT_EQ(reading.durations[0].histogram.buckets[1], 1u);
  ASSERT_EQ(reading.outcomes.size(), 1u);
  EXPECT_EQ(reading.outcomes[0].pool, "pool");
  EXPECT_EQ(reading.outcomes[0].count, 3u);
}

TEST(Metrics, KeepsStatusClassesMethodsAndCausesApart) {
  Metrics metrics(1);
  RouteCell& cell = metrics.Route("/a", "pool").cell(0);
  cell.Count(Answered(0, 201));
  cell.Count(Answered(0, 404));
  RequestRecord shed = Answered(0, 503);
  shed.outcome = Outcome::kShed;
  shed.reason = ReasonOf(Cause::kQueueFull, http::Refusal::kNone);
  shed.queue_nanos = -1;
  cell.Count(shed);
  RequestRecord gone = Answered(0, 0);
  gone.method = kMethodSlots - 1;
  gone.outcome = Outcome::kClientGone;
  gone.reason = ReasonOf(Cause::kClientReset, http::Refusal::kNone);
  cell.Count(gone);
  const MetricsReading reading = metrics.Read();
  std::vector<std::pair<std::string_view, size_t>> series;
  for (const auto& each : reading.durations) series.emplace_back(each.method, each.status_class);
  EXPECT_EQ(series, (decltype(series){{"GET", 2}, {"GET", 4}, {"GET", 5}, {"_OTHER", 0}}));
  std::vector<std::pair<std::string_view, uint64_t>> causes;
  for (const auto& each : reading.outcomes) causes.emplace_back(each.reason, each.count);
  EXPECT_EQ(causes, (decltype(causes){{"none", 2}, {"queue-full", 1}, {"client-reset", 1}}));
  ASSERT_EQ(reading.queue_waits.size(), 1u);
  EXPECT_EQ(reading.queue_waits[0].histogram.count(), 3u) << "one was never begun";
}

TEST(Metrics, ReasonOfARefusalIsItsName) {
  EXPECT_EQ(ReasonName(ReasonOf(Cause::kNone, http::Refusal::kRouteNotFound)), "route-not-found");
  EXPECT_EQ(ReasonName(ReasonOf(Cause::kRequestTimeout, http::Refusal::kNone)), "request-timeout");
}

TEST(Metrics, GoOnCountingWhenARevisionHasTheRouteAgain) {
  Metrics metrics(1);
  RouteMetrics& before = metrics.Route("/a", "pool");
  RouteMetrics& after = metrics.Route("/a", "pool");
  EXPECT_EQ(&before, &after);
  EXPECT_NE(&before, &metrics.Route("/a", "other"));
}

TEST(Metrics, RoutesOfOnePatternAreOneSeriesWhateverTheirPools) {
  Metrics metrics(1);
  metrics.Route("/a", "one").cell(0).Count(Answered(0));
  metrics.Route("/a", "two").cell(0).Count(Answered(0));
  const MetricsReading reading = metrics.Read();
  ASSERT_EQ(reading.durations.size(), 1u);
  EXPECT_EQ(reading.durations[0].histogram.count(), 2u);
  EXPECT_EQ(reading.outcomes.size(), 2u);
}

TEST(Metrics, PoolThatHasAnsweredNothingIsThereWithZero) {
  Metrics metrics(1);
  metrics.Route("/a", "pool");
  const MetricsReading reading = metrics.Read();
  ASSERT_EQ(reading.outcomes.size(), 1u);
  EXPECT_EQ(reading.outcomes[0].count, 0u);
  EXPECT_TRUE(reading.durations.empty());
}

TEST(Metrics, MayBeReadWhileReactorsCount) {
  constexpr uint64_t kRequests = 20'000;
  Metrics metrics(2);
  RouteMetrics& route = metrics.Route("/a", "pool");
  auto count = [&route](int reactor) {
    for (uint64_t i = 0; i < kRequests; ++i) {
      route.cell(reactor).Count(Answered(kMilli, i % 2 == 0 ? 200 : 404));
    }
  };
  std::thread first(count, 0);
  std::thread second(count, 1);
  uint64_t last = 0;
  while (last < 2 * kRequests) {
    const uint64_t now = metrics.Read().outcomes[0].count;
    ASSERT_GE(now, last);
    last = now;
  }
  first.join();
  second.join();
  uint64_t durations = 0;
  for (const auto& each : metrics.Read().durations) durations += each.histogram.count();
  EXPECT_EQ(durations, 2 * kRequests);
}

}  // namespace
}  // namespace troupe::telemetry
