// Why the runtime, and not a service, ended an exchange: one enum, with outcome, status, name and
// sentence each. Causes that the HTTP layer finds itself are http::Refusal. Values only; any
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/telemetry/outcome.h"

namespace troupe::telemetry {

enum class Cause : uint8_t {
  kNone,
  kRefused,
  kQueueFull,
  kQueueTimeout,
  kNoWorker,
  kNotBegun,
  kPoolFailed,
  kPoolSuspended,
  kOverLimit,
  kRouteFull,
  kHopeless,
  kQuarantined,
  kMemory,
  kRequestTimeout,
  kHandlerHung,
  kHandlerThrew,
  kHandlerDropped,
  kInvalidResponse,
  kDrainTimeout,
  kClientReset,
  kWriteStall,
  kOperator,
};
inline constexpr size_t kCauseCount = 22;

struct CauseInfo {
  std::string_view name;  // kebab-case, stable: logs, metrics, the type of a problem
  Outcome outcome;
  int status;               // 0: no answer is sent
  std::string_view detail;  // what the client is told
};

inline constexpr std::array<CauseInfo, kCauseCount> kCauses = {{
    {"none", Outcome::kAnswered, 0, ""},
    {"refused", Outcome::kRejected, 0, ""},
    {"queue-full", Outcome::kShed, 503,
     "All workers are busy and the queue in front of them is full. Nothing was begun; try again "
     "later."},
    {"queue-timeout", Outcome::kShed, 503,
     "No worker became free within the queue timeout. Nothing was begun; try again later."},
    {"no-worker", Outcome::kShed, 503,
     "No worker of this service is running at the moment. Nothing was begun; try again later."},
    {"not-begun", Outcome::kShed, 503,
     "The worker ended before it began this request. Nothing was begun; try again."},
    {"pool-failed", Outcome::kShed, 503,
     "The workers of this service have ended too often. Nothing was begun; try again later."},
    {"pool-suspended", Outcome::kShed, 503,
     "An operator has suspended this service. Nothing was begun; try again later."},
    {"over-limit", Outcome::kShed, 503,
     "As many requests are in flight as the service can take without slowing down. Nothing was "
     "begun; try again later."},
    {"route-full", Outcome::kShed, 503,
     "As many requests of this route are in flight as it may have. Nothing was begun; try again "
     "later."},
    {"hopeless", Outcome::kShed, 503,
     "The request could not have been answered within its time any more. Nothing was begun; try "
     "again later."},
    {"quarantined", Outcome::kShed, 503,
     "Requests of this shape have ended workers of this service again and again. Nothing was "
     "begun."},
    {"memory", Outcome::kShed, 503,
     "The server is short of memory and sheds requests of low priority. Nothing was begun; try "
     "again later."},
    {"request-timeout", Outcome::kTimedOut, 504,
     "The service did not answer within the request timeout."},
    {"handler-hung", Outcome::kTimedOut, 504, "The service hung while it handled this request."},
    {"handler-threw", Outcome::kFailed, 500, "The service failed while it handled this request."},
    {"handler-dropped", Outcome::kFailed, 500, "The worker ended while it handled this request."},
    {"invalid-response", Outcome::kFailed, 500, "The service gave an answer that may not be sent."},
    {"drain-timeout", Outcome::kCancelled, 503,
     "The server is stopping and could not wait any longer."},
    {"client-reset", Outcome::kClientGone, 0, ""},
    {"write-stall", Outcome::kClientGone, 0, ""},
    {"operator", Outcome::kCancelled, 503, "An operator has ended this request."},
}};

constexpr const CauseInfo& InfoOf(Cause cause) { return kCauses[static_cast<size_t>(cause)]; }

}  // namespace troupe::telemetry
