#include "runtime/policy/feasible.h"

namespace troupe::policy {
namespace {

// As for the round-trip time of TCP (RFC 6298): recent samples count most, one alone little.
constexpr Nanos kSampleShare = 8;
constexpr Nanos kRefusalShare = 64;

}  // namespace

void Feasibility::OnServed(Nanos service_time) {
  if (expected_ == 0) {
    expected_ = service_time;
  } else {
    expected_ += (service_time - expected_) / kSampleShare;
  }
}

bool Feasibility::Feasible(Nanos now, Nanos deadline) {
  if (now >= deadline) return false;
  if (deadline - now >= expected_) return true;
  expected_ -= expected_ / kRefusalShare;
  return false;
}

}  // namespace troupe::policy
