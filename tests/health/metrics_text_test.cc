#include "admin/health/metrics_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>

namespace troupe::admin {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Named {
  std::string name;
  std::string type;
  bool operator<(const Named& other) const { return name < other.name; }
  bool operator==(const Named&) const = default;
  friend void PrintTo(const Named& named, std::ostream* out) {
    *out << named.name << ' ' << named.type;
  }
};

std::set<Named> AllMatches(const std::string& text, const char* pattern) {
  std::set<Named> found;
  const std::regex regex(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    found.insert({(*at)[1], (*at)[2]});
  }
  return found;
}

ServerStats SomeStats() {
  ServerStats stats;
  stats.pools.push_back({"api", 3, 4, 5, 2, 1, 8, 6, 7, {{"up", "QUEUE_WAIT", 3}}});
  stats.connection_phases = {{"IDLE", 12}, {"HEAD", 1}};
  stats.memory = {policy::MemoryLevel::kShedLow, 92, 100};
  stats.reactor_lags = {absl::Milliseconds(250)};
  telemetry::HistogramReading histogram;
  histogram.buckets[0] = 2;
  histogram.buckets[2] = 1;
  histogram.buckets.back() = 1;
  histogram.sum_nanos = 12'500'000'000;
  stats.metrics.durations.push_back({"/users/{id}", "GET", 2, histogram});
  stats.metrics.durations.push_back({"", "_OTHER", 0, {}});
  stats.metrics.outcomes.push_back({"api", telemetry::Outcome::kShed, "queue-full", 9});
  stats.metrics.queue_waits.push_back({"api", {}});
  return stats;
}

std::string Text() { return MetricsText(SomeStats(), ProcessReading{}); }

TEST(MetricsText, HasTheNamesAndTypesThatTheDocumentationHas) {
  std::ifstream file(TROUPE_SOURCE_DIR "/docs/METRICS.md");
  const std::string document(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(AllMatches(Text(), "# TYPE (\\S+) (\\w+)"),
            AllMatches(document, "\\| `(\\w+)` \\| (\\w+) \\|"));
}

TEST(MetricsText, BucketsAreCumulativeAndEndWithAllOfThem) {
  const std::string labels = R"({route="/users/{id}",method="GET",status="2xx")";
  const std::string name = "http_server_request_duration_seconds";
  for (const char* line :
       {"_bucket|,le=\"0.005\"} 2\n", "_bucket|,le=\"0.01\"} 2\n", "_bucket|,le=\"0.025\"} 3\n",
        "_bucket|,le=\"10\"} 3\n", "_bucket|,le=\"+Inf\"} 4\n", "_count|} 4\n", "_sum|} 12.5\n"}) {
    const std::string text = line;
    const size_t bar = text.find('|');
    EXPECT_THAT(Text(), HasSubstr(name + text.substr(0, bar) + labels + text.substr(bar + 1)));
  }
}

TEST(MetricsText, SaysHowBusyAPoolIs) {
  for (const char* line :
       {"troupe_pool_workers{pool=\"api\"} 3\n", "troupe_pool_workers_max{pool=\"api\"} 4\n",
        "troupe_pool_worker_starts_total{pool=\"api\"} 5\n",
        "troupe_pool_worker_deaths_total{pool=\"api\"} 2\n",
        "troupe_pool_worker_restarts_total{pool=\"api\"} 1\n",
        "troupe_pool_scaling_decisions_total{pool=\"api\",direction=\"up\",reason=\"QUEUE_WAIT\"} "
        "3\n",
        "troupe_pool_in_flight{pool=\"api\"} 6\n", "troupe_pool_busy_ratio{pool=\"api\"} 0.75\n",
        "troupe_pool_queue_depth{pool=\"api\"} 7\n"}) {
    EXPECT_THAT(Text(), HasSubstr(line));
  }
}

TEST(MetricsText, PoolWithoutWorkersIsNotBusy) {
  ServerStats stats = SomeStats();
  stats.pools[0].capacity = 0;
  EXPECT_THAT(MetricsText(stats, {}), HasSubstr("troupe_pool_busy_ratio{pool=\"api\"} 0\n"));
}

TEST(MetricsText, NamesCausesPhasesReactorsAndWhatWasNeverAnswered) {
  EXPECT_THAT(
      Text(),
      HasSubstr("troupe_requests_total{pool=\"api\",outcome=\"SHED\",cause=\"queue-full\"} 9\n"));
  EXPECT_THAT(Text(), HasSubstr("troupe_connections_by_phase{phase=\"IDLE\"} 12\n"));
  EXPECT_THAT(Text(), HasSubstr("troupe_reactor_lag_seconds{reactor=\"0\"} 0.25\n"));
  EXPECT_THAT(Text(), HasSubstr("{route=\"\",method=\"_OTHER\",status=\"none\",le=\"10\"} 0\n"));
}

TEST(MetricsText, SpeaksOfTheProcessWhileThereIsNoServer) {
  const std::string text = MetricsText(std::nullopt, ReadProcess());
  EXPECT_THAT(text, HasSubstr("troupe_build_info"));
  EXPECT_THAT(text, Not(HasSubstr("troupe_pool")));
  EXPECT_THAT(text, Not(HasSubstr("process_open_fds 0\n")));
  EXPECT_THAT(text, Not(HasSubstr("process_resident_memory_bytes 0\n")));
  EXPECT_THAT(text, Not(HasSubstr("process_max_fds 0\n")));
}

}  // namespace
}  // namespace troupe::admin
