// What a server says of itself to whoever decides whether it gets requests, and whether it is
// replaced. A value; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace troupe {

struct HealthState {
  enum class Phase : uint8_t { kStarting, kServing, kDraining };

  Phase phase = Phase::kStarting;
  // What only a new process cures, a sentence each.
  std::vector<std::string> fatal;
  // The pools marked critical that have failed, by name.
  std::vector<std::string> failed_critical_pools;
};

}  // namespace troupe
