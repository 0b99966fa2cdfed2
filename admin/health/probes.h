// What each probe asks of a server. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/health_state.h"

namespace troupe::admin {

struct Check {
  std::string_view name;
  std::string failure;  // a sentence; empty when it passes
};
using Checks = std::vector<Check>;

// Whether the process should go on: fails only for what a new process cures, never for overload, a
// drain or a failed pool.
Checks LivenessChecks(const HealthState& state);
// Whether requests should be sent here: never fails for overload.
Checks ReadinessChecks(const HealthState& state);
// Whether the start is over.
Checks StartupChecks(const HealthState& state);

bool Pass(const Checks& checks);
// The failures, one sentence after the other.
std::string Failures(const Checks& checks);
// A line for each check: "[+] pools: ok", "[-] phase: the server is starting".
std::string Listing(const Checks& checks);

}  // namespace troupe::admin
