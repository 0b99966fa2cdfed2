// What is given up as memory runs out, step by step, and the texts of cgroup v2 that say how much
// there is. Pure functions; reading the files is the caller's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::policy {

// Each includes those before it.
enum class MemoryLevel {
  kNormal,
  kNoKeepAlive,  // answers close their connections
  kShedLow,      // requests of low priority are shed
  kPauseAccept,  // no connection is accepted
};
inline constexpr std::array<std::string_view, 4> kMemoryLevelNames = {"NORMAL", "NO_KEEP_ALIVE",
                                                                      "SHED_LOW", "PAUSE_ACCEPT"};

constexpr std::string_view MemoryLevelName(MemoryLevel level) {
  return kMemoryLevelNames[static_cast<size_t>(level)];
}

// Shares of the limit at which a level begins, in rising order.
struct MemoryPolicy {
  double no_keep_alive = 0.80;
  double shed_low = 0.90;
  double pause_accept = 0.95;
  double hysteresis = 0.03;  // a level ends this far below where it begins
};

inline constexpr uint64_t kNoMemoryLimit = UINT64_MAX;

// The level that follows `level` when `used` bytes of `limit` are in use.
MemoryLevel NextMemoryLevel(const MemoryPolicy& policy, MemoryLevel level, uint64_t used,
                            uint64_t limit);

// memory.max and memory.current: a number of bytes or "max", which is kNoMemoryLimit. nullopt: the
// text is neither.
std::optional<uint64_t> ParseCgroupBytes(std::string_view text);
// One line of memory.stat, as "inactive_file": page cache that the kernel takes back first, and
// that memory.current includes. nullopt: it is not there.
std::optional<uint64_t> ParseCgroupStat(std::string_view text, std::string_view key);

}  // namespace troupe::policy
