#include "admin/health/probes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace troupe::admin {
namespace {

using Phase = HealthState::Phase;

Check Started(const HealthState& state) {
  return {"started", state.phase == Phase::kStarting ? "the server is starting" : ""};
}

}  // namespace

Checks LivenessChecks(const HealthState& state) {
  return {{"reactors", absl::StrJoin(state.fatal, "; ")}};
}

Checks ReadinessChecks(const HealthState& state) {
  const auto& failed = state.failed_critical_pools;
  return {
      Started(state),
      {"accepting", state.phase == Phase::kDraining ? "the server is draining" : ""},
      {"pools",
       failed.empty() ? "" : absl::StrCat("critical pools fail: ", absl::StrJoin(failed, ", "))},
  };
}

Checks StartupChecks(const HealthState& state) { return {Started(state)}; }

bool Pass(const Checks& checks) {
  return std::all_of(checks.begin(), checks.end(),
                     [](const Check& check) { return check.failure.empty(); });
}

std::string Failures(const Checks& checks) {
  std::vector<std::string> failures;
  for (const Check& check : checks) {
    if (!check.failure.empty()) failures.push_back(check.failure);
  }
  return absl::StrJoin(failures, "; ");
}

std::string Listing(const Checks& checks) {
  std::string text;
  for (const Check& check : checks) {
    bool passes = check.failure.empty();
    absl::StrAppend(&text, passes ? "[+] " : "[-] ", std::string(check.name), ": ",
                    passes ? "ok" : check.failure, "\n");
  }
  return text;
}

}  // namespace troupe::admin
