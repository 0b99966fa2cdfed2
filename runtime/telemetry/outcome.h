// How an exchange ended. Every accepted request has exactly one outcome, decided on its home
// reactor and counted in the ledger. Values only; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe::telemetry {

enum class Outcome : uint8_t {
  kAnswered,    // the service's answer, whatever its status
  kRejected,    // refused by parser, limit, router or policy: 4xx, 501, 505
  kShed,        // not begun for want of capacity: 503 (or 429), a retry is safe
  kTimedOut,    // request_timeout or a hang: 504
  kFailed,      // threw, died or was dropped after it began: 500 or a reset
  kCancelled,   // ended by an operator or by draining: 503
  kClientGone,  // reset by the client before the last byte went to the kernel: no answer
};
inline constexpr size_t kOutcomeCount = 7;

// The names used in logs, metrics and the admin API.
inline constexpr std::array<std::string_view, kOutcomeCount> kOutcomeNames = {
    "ANSWERED", "REJECTED", "SHED", "TIMED_OUT", "FAILED", "CANCELLED", "CLIENT_GONE"};

constexpr std::string_view OutcomeName(Outcome outcome) {
  return kOutcomeNames[static_cast<size_t>(outcome)];
}

}  // namespace troupe::telemetry
