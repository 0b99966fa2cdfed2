// What Control works on: the parts of the server, which Server owns and which outlive it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/actors/compile.h"
#include "runtime/actors/drain.h"
#include "runtime/actors/front.h"
#include "runtime/actors/root_supervisor.h"
#include "runtime/connections_max.h"
#include "runtime/current_config.h"
#include "runtime/memory_governor.h"
#include "runtime/telemetry/access_log.h"
#include "runtime/telemetry/event_log.h"
#include "runtime/telemetry/ledger.h"
#include "runtime/telemetry/log_levels.h"
#include "runtime/telemetry/redact.h"

namespace troupe {

struct ControlParts {
  CurrentConfig& config;
  const std::vector<std::string>& addresses;  // of HTTP
  Reactor& control;
  const std::vector<Front*> fronts;  // one for each reactor, in its order
  const Pools& pools;
  RootSupervisor& root;  // on the control reactor only
  ConnectionBudget& budget;
  const telemetry::Ledger& ledger;
  telemetry::Metrics& metrics;
  telemetry::AccessLog* access_log;  // null: off
  telemetry::EventLog& events;
  Drain& drain;
  const MemoryGovernor& memory;
  const telemetry::Redaction& redact;
};

}  // namespace troupe
