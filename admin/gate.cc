#include "admin/gate.h"

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "admin/audit_text.h"

namespace troupe::admin {

absl::StatusOr<Caller> Gate::Admit(const grpc::CallbackServerContext& context,
                                   std::string_view method) {
  absl::StatusOr<Caller> caller = identity_.Identify(context);
  if (!caller.ok()) {
    audit_.Refused({config::v1::Admin::ROLE_UNSPECIFIED, "unknown", context.peer()}, method,
                   caller.status());
    return caller;
  }
  const MethodRule* rule = RuleFor(method);
  if (rule != nullptr && Allows(caller->role, rule->role)) return caller;
  const std::string needed =
      rule == nullptr ? "a role that does not exist" : config::v1::Admin::Role_Name(rule->role);
  absl::Status denied = absl::PermissionDeniedError(
      absl::StrCat(std::string(method), " needs ", needed, "; this caller (", caller->name,
                   ") has ", config::v1::Admin::Role_Name(caller->role),
                   ". Use the Unix socket, or a credential with that role."));
  audit_.Refused(*caller, method, denied);
  return denied;
}

absl::Status Gate::Pass(const grpc::CallbackServerContext& context, std::string_view method,
                        const google::protobuf::Message& request,
                        const google::protobuf::Message& response, const Work& work) {
  absl::StatusOr<Caller> caller = Admit(context, method);
  if (!caller.ok()) return caller.status();
  Changes changes;
  if (!RuleFor(method)->changes) return work(*caller, changes);
  absl::StatusOr<uint64_t> id = audit_.Before(*caller, method, AuditText(request));
  if (!id.ok()) return id.status();
  absl::Status status = work(*caller, changes);
  audit_.After(*id, status, status.ok() ? response.ShortDebugString() : "", changes);
  return status;
}

}  // namespace troupe::admin
