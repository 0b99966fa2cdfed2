// What the server's refusals mean to an operator. Stateless; any thread.
#pragma once

#include <string>

#include "admin/cli/failure.h"

namespace troupe::admin::cli {

// A call that failed, as gRPC reports it.
struct CallError {
  int code = 0;          // of grpc::StatusCode
  std::string message;   // the server's sentence, or gRPC's
  std::string details;   // google.rpc.Status, serialized; may be empty or anything
  std::string method;    // "Pools.GetPool"
  std::string target;    // whom it was sent to
  bool answered = true;  // false: the connection failed, so that the server said nothing
};

// One sentence with what to do, and a line for each field that is wrong.
Failure ExplainError(const CallError& error);

}  // namespace troupe::admin::cli
