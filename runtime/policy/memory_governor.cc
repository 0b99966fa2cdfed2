#include "runtime/policy/memory_governor.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace troupe::policy {
namespace {

// The level for that share of the limit when each begins `lowered` below its threshold.
MemoryLevel LevelAt(const MemoryPolicy& policy, double share, double lowered) {
  if (share >= policy.pause_accept - lowered) return MemoryLevel::kPauseAccept;
  if (share >= policy.shed_low - lowered) return MemoryLevel::kShedLow;
  if (share >= policy.no_keep_alive - lowered) return MemoryLevel::kNoKeepAlive;
  return MemoryLevel::kNormal;
}

}  // namespace

MemoryLevel NextMemoryLevel(const MemoryPolicy& policy, MemoryLevel level, uint64_t used,
                            uint64_t limit) {
  if (limit == kNoMemoryLimit || limit == 0) return MemoryLevel::kNormal;
  const double share = static_cast<double>(used) / static_cast<double>(limit);
  const MemoryLevel begun = LevelAt(policy, share, 0);
  const MemoryLevel not_ended = LevelAt(policy, share, policy.hysteresis);
  // Up to what has begun, and down no further than to what has not ended.
  return std::max(begun, std::min(level, not_ended));
}

std::optional<uint64_t> ParseCgroupBytes(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text == "max") return kNoMemoryLimit;
  uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return bytes;
}

std::optional<uint64_t> ParseCgroupStat(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const size_t space = line.find(' ');
    if (space != line.npos && line.substr(0, space) == key) {
      return ParseCgroupBytes(line.substr(space + 1));
    }
  }
  return std::nullopt;
}

}  // namespace troupe::policy
