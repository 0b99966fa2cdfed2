// What /metrics answers: everything that is counted, in Prometheus' text format 0.0.4. The names
// are those of docs/METRICS.md. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "runtime/process.h"
#include "runtime/server_stats.h"

namespace troupe::admin {

// Without a server: only what is known of the process.
std::string MetricsText(const std::optional<ServerStats>& server, const ProcessReading& process);

}  // namespace troupe::admin
