#include "admin/health/metrics_text.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/telemetry/log.h"
#include "runtime/version.h"

namespace troupe::admin {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using telemetry::HistogramReading;
using Labels = std::vector<ClientMetric::Label>;

constexpr double kNanosPerSecond = 1e9;

// One name with all that bears it.
class Family {
 public:
  Family(std::string name, std::string help, MetricType type) {
    family_.name = std::move(name);
    family_.help = std::move(help);
    family_.type = type;
  }

  Family& Add(Labels labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    family_.metric.push_back(std::move(metric));
    return *this;
  }

  Family& Add(Labels labels, const HistogramReading& reading) {
    ClientMetric metric;
    metric.label = std::move(labels);
    uint64_t cumulative = 0;
    for (size_t i = 0; i < telemetry::kBucketCount; ++i) {
      cumulative += reading.buckets[i];
      const double bound = i < telemetry::kBucketBounds.size()
                               ? telemetry::kBucketBounds[i]
                               : std::numeric_limits<double>::infinity();
      metric.histogram.bucket.push_back({cumulative, bound});
    }
    metric.histogram.sample_count = cumulative;
    metric.histogram.sample_sum = static_cast<double>(reading.sum_nanos) / kNanosPerSecond;
    family_.metric.push_back(std::move(metric));
    return *this;
  }

  MetricFamily Take() && { return std::move(family_); }

 private:
  MetricFamily family_;
};

Family Gauge(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Gauge};
}
Family Counter(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Counter};
}
Family Histogram(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Histogram};
}

using Families = std::vector<MetricFamily>;

void Put(Families& families, Family family) { families.push_back(std::move(family).Take()); }

std::string StatusClass(size_t first_digit) {
  return first_digit == 0 ? "none" : absl::StrCat(first_digit, "xx");
}

void PutRequests(const ServerStats& server, Families& families) {
  Family durations =
      Histogram("http_server_request_duration_seconds",
                "From the first byte of a request to the last of its answer, by route, method and "
                "class of the status");
  for (const auto& each : server.metrics.durations) {
    durations.Add({{"route", each.route},
                   {"method", std::string(each.method)},
                   {"status", StatusClass(each.status_class)}},
                  each.histogram);
  }
  Put(families, std::move(durations));
  Put(families, Gauge("http_server_active_requests", "Requests accepted and not yet ended")
                    .Add({}, static_cast<double>(server.ledger.in_flight)));
  Family requests = Counter("troupe_requests_total",
                            "Requests that have ended, by pool, outcome and what was the cause");
  for (const auto& each : server.metrics.outcomes) {
    requests.Add({{"pool", each.pool},
                  {"outcome", std::string(telemetry::OutcomeName(each.outcome))},
                  {"cause", std::string(each.reason)}},
                 static_cast<double>(each.count));
  }
  Put(families, std::move(requests));
  Family waits =
      Histogram("troupe_request_queue_seconds",
                "From when a request was handed to its pool until its handler began, by pool");
  for (const auto& each : server.metrics.queue_waits) {
    waits.Add({{"pool", each.pool}}, each.histogram);
  }
  Put(families, std::move(waits));
}

// One family with a value for each pool.
template <typename Value>
void PutForPools(const ServerStats& server, Family family, Value value, Families& families) {
  for (const PoolStats& pool : server.pools) {
    family.Add({{"pool", pool.name}}, static_cast<double>(value(pool)));
  }
  Put(families, std::move(family));
}

void PutScaling(const ServerStats& server, Families& families) {
  Family decisions = Counter("troupe_pool_scaling_decisions_total",
                             "Decisions for more workers or fewer, by what was the reason");
  for (const PoolStats& pool : server.pools) {
    for (const ScalingCount& each : pool.scaling) {
      decisions.Add({{"pool", pool.name},
                     {"direction", std::string(each.direction)},
                     {"reason", std::string(each.reason)}},
                    static_cast<double>(each.count));
    }
  }
  Put(families, std::move(decisions));
}

double BusyShare(const PoolStats& pool) {
  return pool.capacity == 0
             ? 0
             : static_cast<double>(pool.in_flight) / static_cast<double>(pool.capacity);
}

void PutPools(const ServerStats& server, Families& families) {
  auto put = [&](Family family, auto value) {
    PutForPools(server, std::move(family), value, families);
  };
  put(Gauge("troupe_pool_workers", "Workers that run"),
      [](const PoolStats& pool) { return pool.workers_running; });
  put(Gauge("troupe_pool_workers_max", "Workers that the configuration allows"),
      [](const PoolStats& pool) { return pool.workers_max; });
  put(Counter("troupe_pool_worker_starts_total", "Workers started, the first ones included"),
      [](const PoolStats& pool) { return pool.workers_made; });
  put(Counter("troupe_pool_worker_restarts_total",
              "Workers put in the place of one that died, hung, was recycled or restarted"),
      [](const PoolStats& pool) { return pool.workers_replaced; });
  put(Counter("troupe_pool_worker_deaths_total", "Workers that have died"),
      [](const PoolStats& pool) { return pool.workers_died; });
  put(Gauge("troupe_pool_in_flight", "Requests with the workers"),
      [](const PoolStats& pool) { return pool.in_flight; });
  put(Gauge("troupe_pool_busy_ratio",
            "Share of what the running workers may hold that is in flight"),
      BusyShare);
  put(Gauge("troupe_pool_queue_depth", "Requests that wait for a worker"),
      [](const PoolStats& pool) { return pool.waiting; });
  PutScaling(server, families);
}

void PutServer(const ServerStats& server, Families& families) {
  Put(families, Gauge("troupe_actors", "Actors that exist: connections, workers, supervisors")
                    .Add({}, static_cast<double>(server.actors)));
  Put(families, Gauge("troupe_connections", "Connections that are open")
                    .Add({}, static_cast<double>(server.connections)));
  Put(families, Gauge("troupe_connections_max", "Connections that may be open")
                    .Add({}, static_cast<double>(server.connections_max)));
  Family phases = Gauge("troupe_connections_by_phase", "Connections by what they do");
  for (const Census::Count& each : server.connection_phases) {
    phases.Add({{"phase", each.phase}}, static_cast<double>(each.connections));
  }
  Put(families, std::move(phases));
  Family lags = Gauge("troupe_reactor_lag_seconds",
                      "How long the last probe waited for its turn on a reactor, or waits still");
  for (size_t i = 0; i < server.reactor_lags.size(); ++i) {
    lags.Add({{"reactor", absl::StrCat(i)}}, absl::ToDoubleSeconds(server.reactor_lags[i]));
  }
  Put(families, std::move(lags));
  Put(families, Gauge("troupe_memory_level",
                      "What is given up for want of memory: 0 nothing, 1 keep-alive, 2 requests of "
                      "low priority too, 3 new connections too")
                    .Add({}, static_cast<double>(server.memory.level)));
  Put(families, Gauge("troupe_memory_used_bytes", "Memory in use, as its governor sees it")
                    .Add({}, static_cast<double>(server.memory.used)));
  Put(families, Gauge("troupe_memory_limit_bytes", "Memory that its governor works with, or 0")
                    .Add({}, static_cast<double>(server.memory.limit)));
  Put(families, Gauge("troupe_config_revision", "The revision of the configuration in effect")
                    .Add({}, static_cast<double>(server.revision)));
}

void PutProcess(const ProcessReading& process, uint64_t access_log_lines_dropped,
                Families& families) {
  Put(families,
      Counter("troupe_log_lines_dropped_total", "Lines of the logs for which there was no room")
          .Add({{"log", "server"}}, static_cast<double>(telemetry::LogLinesDropped()))
          .Add({{"log", "access"}}, static_cast<double>(access_log_lines_dropped)));
  Put(families, Gauge("troupe_build_info", "1, for the version that runs")
                    .Add({{"version", std::string(kVersion)}}, 1));
  Put(families, Counter("process_cpu_seconds_total", "Processor time, user and system")
                    .Add({}, absl::ToDoubleSeconds(process.cpu)));
  Put(families, Gauge("process_resident_memory_bytes", "Memory that is resident")
                    .Add({}, static_cast<double>(process.resident_bytes)));
  Put(families, Gauge("process_open_fds", "Descriptors that are open")
                    .Add({}, static_cast<double>(process.open_descriptors)));
  Put(families, Gauge("process_max_fds", "Descriptors that may be open")
                    .Add({}, static_cast<double>(process.descriptors_max)));
}

}  // namespace

std::string MetricsText(const std::optional<ServerStats>& server, const ProcessReading& process) {
  Families families;
  if (server) {
    PutRequests(*server, families);
    PutPools(*server, families);
    PutServer(*server, families);
  }
  PutProcess(process, server ? server->access_log_lines_dropped : 0, families);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace troupe::admin
