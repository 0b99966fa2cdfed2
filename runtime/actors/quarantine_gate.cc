#include "runtime/actors/quarantine_gate.h"

#include <string>
#include <utility>

#include "runtime/http/method.h"
#include "runtime/policy/fingerprint.h"

namespace troupe {

using telemetry::Cause;

QuarantineGate::QuarantineGate(const policy::QuarantinePolicy& policy,
                               std::vector<std::string> route_names)
    : off_(policy.mode == policy::QuarantineMode::kOff),
      route_names_(std::move(route_names)),
      quarantine_(policy, route_names_.size()) {}

uint64_t QuarantineGate::FingerprintOf(const Exchange& exchange) const {
  policy::RequestShape shape;
  shape.method = http::MethodName(exchange.data.head.method);
  shape.route = route_names_[exchange.handler];
  shape.query = exchange.data.head.query;
  shape.body_digest = policy::BodyDigest(exchange.data.body);
  return policy::Fingerprint(shape);
}

Cause QuarantineGate::JudgeClosely(const Exchange& exchange) {
  std::lock_guard lock(mutex_);
  if (!quarantine_.OnRequest(exchange.handler)) return Cause::kNone;
  policy::QuarantineVerdict verdict =
      quarantine_.Judge(FingerprintOf(exchange), Clock::System().Steady());
  return verdict == policy::QuarantineVerdict::kShed ? Cause::kQuarantined : Cause::kNone;
}

bool QuarantineGate::OnKill(const Exchange& exchange) {
  if (off_) return false;
  uint64_t fingerprint = FingerprintOf(exchange);
  std::lock_guard lock(mutex_);
  watching_.store(true, std::memory_order_relaxed);
  return quarantine_.OnKill(fingerprint, exchange.handler, Clock::System().Steady());
}

bool QuarantineGate::Release(uint64_t fingerprint) {
  std::lock_guard lock(mutex_);
  return quarantine_.Release(fingerprint);
}

std::vector<policy::Quarantine::Entry> QuarantineGate::entries() const {
  std::lock_guard lock(mutex_);
  return quarantine_.entries();
}

}  // namespace troupe
