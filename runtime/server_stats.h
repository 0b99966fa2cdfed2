// What a server can tell of itself at one moment, for whoever monitors it. A value; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "runtime/actors/census.h"
#include "runtime/memory_governor.h"
#include "runtime/telemetry/ledger.h"
#include "runtime/telemetry/metrics.h"

namespace troupe {

// How often the number of a pool's workers was to change.
struct ScalingCount {
  std::string_view direction;  // "up" or "down"
  std::string_view reason;     // of policy::ScalingReason
  uint64_t count = 0;
};

struct PoolStats {
  std::string name;
  int workers_running = 0;
  uint32_t workers_max = 0;
  uint64_t workers_made = 0;
  uint64_t workers_died = 0;
  uint64_t workers_replaced = 0;
  uint64_t capacity = 0;  // requests that the running workers may hold
  uint64_t in_flight = 0;
  uint64_t waiting = 0;
  std::vector<ScalingCount> scaling;  // only what has been counted
};

struct ServerStats {
  telemetry::LedgerRecord ledger;
  telemetry::MetricsReading metrics;
  std::vector<PoolStats> pools;
  std::vector<absl::Duration> reactor_lags;
  int64_t actors = 0;  // of the whole process
  int64_t connections = 0;
  int64_t connections_max = 0;
  std::vector<Census::Count> connection_phases;  // of the last census
  uint64_t revision = 0;                         // of the configuration
  MemoryStatus memory;
  uint64_t access_log_lines_dropped = 0;
};

}  // namespace troupe
