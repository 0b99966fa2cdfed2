// The pool's quarantine as many threads use it: nothing but one relaxed read for each request while
// no shape of a request has ended workers, a lock from then on.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "runtime/policy/quarantine.h"
#include "runtime/reactor/exchange.h"

namespace troupe {

class QuarantineGate {
 public:
  QuarantineGate(const policy::QuarantinePolicy& policy, std::vector<std::string> route_names);

  // kQuarantined when the exchange is to be shed, else kNone. Any thread; the exchange's holder.
  telemetry::Cause Judge(const Exchange& exchange) {
    if (!watching_.load(std::memory_order_relaxed)) return telemetry::Cause::kNone;
    return JudgeClosely(exchange);
  }
  // That request ended its worker. True when its shape is in quarantine from now on.
  bool OnKill(const Exchange& exchange);
  bool Release(uint64_t fingerprint);
  std::vector<policy::Quarantine::Entry> entries() const;

  uint64_t FingerprintOf(const Exchange& exchange) const;

 private:
  telemetry::Cause JudgeClosely(const Exchange& exchange);

  const bool off_;
  const std::vector<std::string> route_names_;
  std::atomic<bool> watching_{false};
  mutable std::mutex mutex_;
  policy::Quarantine quarantine_;
};

}  // namespace troupe
