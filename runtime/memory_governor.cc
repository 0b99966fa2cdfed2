#include "runtime/memory_governor.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace troupe {
namespace {

using config::v1::Memory;
using policy::MemoryLevel;

constexpr Nanos kLookEvery = 200 * kNanosPerMilli;
constexpr uint64_t kMiB = 1 << 20;

policy::MemoryPolicy PolicyOf(const Memory& settings) {
  policy::MemoryPolicy policy;
  policy.no_keep_alive = settings.no_keep_alive_percent() / 100.0;
  policy.shed_low = settings.shed_low_percent() / 100.0;
  policy.pause_accept = settings.pause_accept_percent() / 100.0;
  return policy;
}

}  // namespace

void MemoryGovernor::Start() { control_.timers().Arm(*this, control_.now()); }

void MemoryGovernor::OnTimer() {
  control_.timers().Arm(*this, control_.now() + kLookEvery);
  const MemoryStatus now = Look(config_.Get()->memory());
  used_.store(now.used, std::memory_order_relaxed);
  limit_.store(now.limit, std::memory_order_relaxed);
  if (now.level != level_.load(std::memory_order_relaxed)) Enter(now);
}

MemoryStatus MemoryGovernor::Look(const Memory& settings) {
  MemoryStatus now;
  if (settings.governor() != Memory::ON) return now;
  const MemoryReading reading = source_();
  const bool own_limit = settings.limit_bytes() > 0;
  const uint64_t limit = own_limit ? settings.limit_bytes() : reading.container.limit;
  if (limit == policy::kNoMemoryLimit) {
    if (no_limit_log_.Due()) {
      telemetry::LogWarning("memory",
                            "memory.governor is ON, but there is no limit to govern by: the "
                            "container has none; set memory.limit_bytes");
    }
    return now;
  }
  now.limit = limit;
  now.used = own_limit ? reading.resident : reading.container.used;
  now.level = NextMemoryLevel(PolicyOf(settings), level_.load(std::memory_order_relaxed), now.used,
                              now.limit);
  return now;
}

void MemoryGovernor::Enter(const MemoryStatus& now) {
  for (Front* front : fronts_) {
    front->reactor().Post([front, level = now.level] { front->SetMemoryLevel(level); });
  }
  level_.store(now.level, std::memory_order_relaxed);
  const std::string name(MemoryLevelName(now.level));
  const std::string text = absl::StrCat("memory level is ", name, ": ", now.used / kMiB, " of ",
                                        now.limit / kMiB, " MiB are in use");
  const bool normal = now.level == MemoryLevel::kNormal;
  telemetry::Log(normal ? telemetry::LogLevel::kInfo : telemetry::LogLevel::kWarning, "memory",
                 absl::StrCat("the ", text));
  events_.Add("memory-level", "", absl::StrCat("The ", text, "."),
              {{"level", name},
               {"used_bytes", absl::StrCat(now.used)},
               {"limit_bytes", absl::StrCat(now.limit)}});
}

}  // namespace troupe
