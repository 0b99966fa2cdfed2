// From the runtime's status to gRPC's, with the details of AIP-193. Stateless; any thread.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace troupe::admin {

// Codes have the same numbers. The details say the code's reason and the payloads of `status`
// besides.
grpc::Status ToRpcStatus(const absl::Status& status);

// INVALID_ARGUMENT that names the field of the request (google.rpc.BadRequest).
absl::Status InvalidField(std::string_view field, std::string_view description);

// The same for the problems that loading a configuration has found, one a line: "FIELD: WHAT" or
// "SOURCE:LINE: FIELD: WHAT". Other errors are left as they are.
absl::Status WithViolations(absl::Status status);

}  // namespace troupe::admin
