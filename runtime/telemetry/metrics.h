// Counters and histograms of what has become of requests: one set per reactor, written by that
// reactor alone with plain loads and stores, summed by whoever reads. What is counted is found
// through pointers that a route holds, so nothing is looked up on a request's path.
//
// The registry outlives the revisions of the configuration: routes and pools that a new revision
// has again go on counting where they were.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "runtime/http/method.h"
#include "runtime/http/refusal.h"
#include "runtime/telemetry/cause.h"
#include "runtime/telemetry/outcome.h"

namespace troupe::telemetry {

// The upper bounds that OpenTelemetry gives http.server.request.duration. Above the last is one
// more bucket.
inline constexpr std::array<double, 14> kBucketBounds = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,
                                                         0.5,   0.75, 1,     2.5,  5,     7.5, 10};
inline constexpr size_t kBucketCount = kBucketBounds.size() + 1;

// A number with one writer; any thread reads it.
class Counter {
 public:
  void Add(uint64_t amount) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

struct HistogramReading {
  std::array<uint64_t, kBucketCount> buckets{};
  uint64_t sum_nanos = 0;

  uint64_t count() const;
  HistogramReading& operator+=(const HistogramReading& other);
};

// Durations in buckets. One writer.
class Histogram {
 public:
  void Observe(int64_t nanos) {
    buckets_[BucketOf(nanos)].Add(1);
    sum_nanos_.Add(static_cast<uint64_t>(nanos));
  }
  HistogramReading Read() const;

  // How many bounds lie below: a binary search without branches, unrolled since it is on every
  // request's path.
  static size_t BucketOf(int64_t nanos) {
    size_t bucket = 8 * static_cast<size_t>(nanos > kBoundsNanos[7]);
    bucket += 4 * static_cast<size_t>(nanos > kBoundsNanos[bucket + 3]);
    bucket += 2 * static_cast<size_t>(nanos > kBoundsNanos[bucket + 1]);
    return bucket + static_cast<size_t>(nanos > kBoundsNanos[bucket]);
  }

 private:
  // With one more that nothing exceeds, so that their number is one less than a power of two.
  static constexpr std::array<int64_t, kBucketCount> kBoundsNanos = [] {
    std::array<int64_t, kBucketCount> bounds{};
    for (size_t i = 0; i < kBucketBounds.size(); ++i) {
      bounds[i] = static_cast<int64_t>(kBucketBounds[i] * 1e9);
    }
    bounds.back() = INT64_MAX;
    return bounds;
  }();

  std::array<Counter, kBucketCount> buckets_;
  Counter sum_nanos_;
};

// Why an exchange ended as it did, as one number: a cause of the runtime's or a refusal.
inline constexpr size_t kReasonCount = kCauseCount + static_cast<size_t>(http::kRefusalCount);
constexpr size_t ReasonOf(Cause cause, http::Refusal refusal) {
  return refusal == http::Refusal::kNone ? static_cast<size_t>(cause)
                                         : kCauseCount + static_cast<size_t>(refusal);
}
std::string_view ReasonName(size_t reason);

// Status codes by their first digit; 0 is that no answer was sent.
inline constexpr size_t kStatusClassCount = 6;
// The last stands for a request whose method was never understood.
inline constexpr size_t kMethodSlots = static_cast<size_t>(http::kMethodCount) + 1;

// What became of one exchange.
struct RequestRecord {
  size_t method = kMethodSlots - 1;
  int status = 0;
  Outcome outcome = Outcome::kAnswered;
  size_t reason = 0;
  int64_t duration_nanos = 0;
  int64_t queue_nanos = -1;  // negative: no handler has begun
};

// What one reactor counts of the requests to one pool.
struct alignas(64) PoolCell {
  std::array<std::array<Counter, kReasonCount>, kOutcomeCount> outcomes;
  Histogram queue_wait;
};

// What one reactor counts of one route. Count by that reactor, all else by any thread.
class alignas(64) RouteCell {
 public:
  explicit RouteCell(PoolCell& pool) : pool_(pool) {}
  ~RouteCell();

  void Count(const RequestRecord& record) {
    pool_.outcomes[static_cast<size_t>(record.outcome)][record.reason].Add(1);
    outcomes_[static_cast<size_t>(record.outcome)].Add(1);
    if (record.queue_nanos >= 0) pool_.queue_wait.Observe(record.queue_nanos);
    auto& series =
        durations_[record.method * kStatusClassCount + static_cast<size_t>(record.status) / 100];
    Histogram* histogram = series.load(std::memory_order_relaxed);
    if (histogram == nullptr) histogram = Make(series);
    histogram->Observe(record.duration_nanos);
  }
  uint64_t count(Outcome outcome) const { return outcomes_[static_cast<size_t>(outcome)].value(); }
  // Of slot method x kStatusClassCount + status class; null where nothing has been counted.
  const Histogram* Duration(size_t slot) const {
    return durations_[slot].load(std::memory_order_acquire);
  }

 private:
  // Most of the combinations never come about, so each is made with its first request.
  static Histogram* Make(std::atomic<Histogram*>& series);

  std::array<std::atomic<Histogram*>, kMethodSlots * kStatusClassCount> durations_{};
  std::array<Counter, kOutcomeCount> outcomes_;
  PoolCell& pool_;
};

// The cells of one route, by reactor.
class RouteMetrics {
 public:
  explicit RouteMetrics(const std::vector<std::unique_ptr<PoolCell>>& pool);
  RouteCell& cell(int reactor) const { return *cells_[static_cast<size_t>(reactor)]; }

 private:
  std::vector<std::unique_ptr<RouteCell>> cells_;
};

// A reading of everything that has been counted.
struct MetricsReading {
  struct Duration {
    std::string route;
    std::string_view method;
    size_t status_class = 0;  // the first digit of the status; 0: no answer was sent
    HistogramReading histogram;
  };
  struct Outcomes {
    std::string pool;
    Outcome outcome = Outcome::kAnswered;
    std::string_view reason;
    uint64_t count = 0;
  };
  struct QueueWait {
    std::string pool;
    HistogramReading histogram;
  };
  struct RouteOutcomes {
    std::string route;  // empty: none was found
    Outcome outcome = Outcome::kAnswered;
    uint64_t count = 0;
  };
  std::vector<RouteOutcomes> route_outcomes;  // only what has been counted
  std::vector<Duration> durations;            // only what has been counted
  std::vector<Outcomes> outcomes;             // the same, and for each pool what it has ANSWERED
  std::vector<QueueWait> queue_waits;
};

class Metrics {
 public:
  explicit Metrics(size_t reactors);

  // Of a route by its pattern, and the pool that it leads to ("" where there is none). The same for
  // the same two; valid as long as this. Any thread, not on a request's path.
  RouteMetrics& Route(const std::string& pattern, const std::string& pool);
  // Of the requests that no route was found for.
  RouteMetrics& unrouted() { return *unrouted_; }

  // The sums over all reactors. Any thread.
  MetricsReading Read() const;

 private:
  using PoolCells = std::vector<std::unique_ptr<PoolCell>>;

  static void ReadPool(const std::string& name, const PoolCells& cells, MetricsReading& reading);
  std::vector<MetricsReading::RouteOutcomes> ReadRoutes() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  std::vector<MetricsReading::Duration> ReadDurations() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const size_t reactors_;
  mutable absl::Mutex mutex_;
  std::map<std::string, PoolCells> pools_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<std::string, std::string>, RouteMetrics> routes_ ABSL_GUARDED_BY(mutex_);
  RouteMetrics* unrouted_;
};

}  // namespace troupe::telemetry
