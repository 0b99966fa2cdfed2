#include "runtime/telemetry/metrics.h"

#include <numeric>

namespace troupe::telemetry {
namespace {

// OpenTelemetry's name for a method that is not known.
constexpr std::string_view kOtherMethod = "_OTHER";

std::string_view MethodSlotName(size_t slot) {
  return slot == kMethodSlots - 1 ? kOtherMethod
                                  : http::MethodName(static_cast<http::Method>(slot));
}

}  // namespace

uint64_t HistogramReading::count() const {
  return std::accumulate(buckets.begin(), buckets.end(), uint64_t{0});
}

HistogramReading& HistogramReading::operator+=(const HistogramReading& other) {
  for (size_t i = 0; i < kBucketCount; ++i) buckets[i] += other.buckets[i];
  sum_nanos += other.sum_nanos;
  return *this;
}

HistogramReading Histogram::Read() const {
  HistogramReading reading;
  for (size_t i = 0; i < kBucketCount; ++i) reading.buckets[i] = buckets_[i].value();
  reading.sum_nanos = sum_nanos_.value();
  return reading;
}

std::string_view ReasonName(size_t reason) {
  return reason < kCauseCount ? InfoOf(static_cast<Cause>(reason)).name
                              : http::RefusalName(static_cast<http::Refusal>(reason - kCauseCount));
}

RouteCell::~RouteCell() {
  for (auto& series : durations_) delete series.load(std::memory_order_relaxed);
}

Histogram* RouteCell::Make(std::atomic<Histogram*>& series) {
  auto* histogram = new Histogram;
  series.store(histogram, std::memory_order_release);
  return histogram;
}

RouteMetrics::RouteMetrics(const std::vector<std::unique_ptr<PoolCell>>& pool) {
  for (const auto& cell : pool) cells_.push_back(std::make_unique<RouteCell>(*cell));
}

Metrics::Metrics(size_t reactors) : reactors_(reactors), unrouted_(&Route("", "")) {}

RouteMetrics& Metrics::Route(const std::string& pattern, const std::string& pool) {
  absl::MutexLock lock(&mutex_);
  PoolCells& cells = pools_[pool];
  while (cells.size() < reactors_) cells.push_back(std::make_unique<PoolCell>());
  return routes_.try_emplace({pattern, pool}, cells).first->second;
}

void Metrics::ReadPool(const std::string& name, const PoolCells& cells, MetricsReading& reading) {
  for (size_t outcome = 0; outcome < kOutcomeCount; ++outcome) {
    for (size_t reason = 0; reason < kReasonCount; ++reason) {
      uint64_t count = 0;
      for (const auto& cell : cells) count += cell->outcomes[outcome][reason].value();
      const bool always = outcome == 0 && reason == 0 && !name.empty();
      if (count == 0 && !always) continue;
      reading.outcomes.push_back({name, static_cast<Outcome>(outcome), ReasonName(reason), count});
    }
  }
  if (name.empty()) return;  // there is no queue where there is no pool
  MetricsReading::QueueWait wait{name, {}};
  for (const auto& cell : cells) wait.histogram += cell->queue_wait.Read();
  reading.queue_waits.push_back(std::move(wait));
}

std::vector<MetricsReading::RouteOutcomes> Metrics::ReadRoutes() const {
  std::map<std::pair<std::string_view, Outcome>, uint64_t> sums;
  for (const auto& [key, route] : routes_) {
    for (size_t i = 0; i < kOutcomeCount; ++i) {
      const auto outcome = static_cast<Outcome>(i);
      for (size_t reactor = 0; reactor < reactors_; ++reactor) {
        sums[{key.first, outcome}] += route.cell(static_cast<int>(reactor)).count(outcome);
      }
    }
  }
  std::vector<MetricsReading::RouteOutcomes> outcomes;
  for (const auto& [key, count] : sums) {
    if (count > 0) outcomes.push_back({std::string(key.first), key.second, count});
  }
  return outcomes;
}

// Routes that differ in their host or pool only are one.
std::vector<MetricsReading::Duration> Metrics::ReadDurations() const {
  std::map<std::pair<std::string_view, size_t>, HistogramReading> sums;
  for (const auto& [key, route] : routes_) {
    for (size_t slot = 0; slot < kMethodSlots * kStatusClassCount; ++slot) {
      for (size_t reactor = 0; reactor < reactors_; ++reactor) {
        const Histogram* part = route.cell(static_cast<int>(reactor)).Duration(slot);
        if (part != nullptr) sums[{key.first, slot}] += part->Read();
      }
    }
  }
  std::vector<MetricsReading::Duration> durations;
  for (const auto& [key, histogram] : sums) {
    durations.push_back({std::string(key.first), MethodSlotName(key.second / kStatusClassCount),
                         key.second % kStatusClassCount, histogram});
  }
  return durations;
}

MetricsReading Metrics::Read() const {
  MetricsReading reading;
  absl::MutexLock lock(&mutex_);
  for (const auto& [name, cells] : pools_) ReadPool(name, cells, reading);
  reading.route_outcomes = ReadRoutes();
  reading.durations = ReadDurations();
  return reading;
}

}  // namespace troupe::telemetry
