// The way of every call: who calls, may they, is it recorded; then the work. One for each listener;
// any thread.
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "admin/audit_log.h"
#include "admin/identity.h"
#include "google/protobuf/message.h"

namespace troupe::admin {

class Gate {
 public:
  // All outlive this.
  Gate(const Identity& identity, AuditLog& audit) : identity_(identity), audit_(audit) {}

  // Whether who calls may call `method`. PERMISSION_DENIED says which role is needed; also for
  // methods that the table does not know.
  absl::StatusOr<Caller> Admit(const grpc::CallbackServerContext& context, std::string_view method);

  using Work = std::function<absl::Status(const Caller&, Changes&)>;
  // Admits the call and runs `work`, which fills in `response` and notes what it has changed;
  // between two lines of the audit log when the method changes something.
  absl::Status Pass(const grpc::CallbackServerContext& context, std::string_view method,
                    const google::protobuf::Message& request,
                    const google::protobuf::Message& response, const Work& work);

 private:
  const Identity& identity_;
  AuditLog& audit_;
};

}  // namespace troupe::admin
