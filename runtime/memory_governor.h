// Gives up, step by step, what costs memory while little of it is left, and takes it back
// (policy/memory_governor.h decides what). Looks every 200 ms, tells each reactor when the level
// changes, and leaves an event and a line in the log.
//
// On the control reactor; status() on any thread. What is given outlives it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "runtime/actors/front.h"
#include "runtime/current_config.h"
#include "runtime/policy/memory_governor.h"
#include "runtime/reactor/memory.h"
#include "runtime/reactor/reactor.h"
#include "runtime/telemetry/event_log.h"
#include "runtime/telemetry/log.h"

namespace troupe {

struct MemoryStatus {
  policy::MemoryLevel level = policy::MemoryLevel::kNormal;
  uint64_t used = 0;
  uint64_t limit = 0;  // 0: nothing is governed
};

class MemoryGovernor final : private TimerNode {
 public:
  using Source = std::function<MemoryReading()>;

  MemoryGovernor(Reactor& control, std::vector<Front*> fronts, const CurrentConfig& config,
                 telemetry::EventLog& events, Source source)
      : control_(control),
        fronts_(std::move(fronts)),
        config_(config),
        events_(events),
        source_(std::move(source)) {}
  ~MemoryGovernor() { Stop(); }

  void Start();
  void Stop() { Disarm(); }
  MemoryStatus status() const {
    return {level_.load(std::memory_order_relaxed), used_.load(std::memory_order_relaxed),
            limit_.load(std::memory_order_relaxed)};
  }

 private:
  void OnTimer() override;
  MemoryStatus Look(const config::v1::Memory& settings);
  void Enter(const MemoryStatus& now);

  Reactor& control_;
  const std::vector<Front*> fronts_;
  const CurrentConfig& config_;
  telemetry::EventLog& events_;
  const Source source_;
  telemetry::LogOncePer no_limit_log_{absl::Hours(24)};
  std::atomic<policy::MemoryLevel> level_{policy::MemoryLevel::kNormal};
  std::atomic<uint64_t> used_{0};
  std::atomic<uint64_t> limit_{0};
};

}  // namespace troupe
