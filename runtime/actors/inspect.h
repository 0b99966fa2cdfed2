// What one reactor can say of its connections and requests, and what may be done to them one by
// one: the runtime's side of the admin plane. On the reactor's thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/actors/front.h"
#include "runtime/telemetry/redact.h"
#include "troupe/admin/v1/connections.pb.h"
#include "troupe/admin/v1/requests.pb.h"

namespace troupe {

// The numbers in "requests/N" and "connections/N" name their reactor too; -1: none can be meant.
int ReactorOf(uint64_t id);

// Those that have been accepted and have no outcome yet. What a worker may be writing at this
// moment is left out.
std::vector<admin::v1::Request> DescribeRequests(Front& front, const telemetry::Redaction& redact);
std::vector<admin::v1::Connection> DescribeConnections(Front& front);

// One that has just ended: its phases and what came of it. Where a worker still holds it, what that
// worker has written is left out.
admin::v1::Request DescribeEnded(Front& front, const Exchange& exchange,
                                 const telemetry::Redaction& redact, Nanos ended);

// A request that was described and can be ended is ended with 503, the rest of its connection goes
// on.
enum class CancelResult : uint8_t { kCancelled, kNotFound, kHeadNotRead };
CancelResult CancelRequest(Front& front, uint64_t id);

// As it was when it was closed; nullopt when there is none of that number.
std::optional<admin::v1::Connection> CloseConnection(Front& front, uint64_t id);

}  // namespace troupe
