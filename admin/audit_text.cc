#include "admin/audit_text.h"

#include "absl/strings/str_cat.h"
#include "runtime/config/secrets.h"
#include "troupe/admin/v1/config.pb.h"

namespace troupe::admin {
namespace {

v1::ApplyConfigRequest WithoutSecrets(v1::ApplyConfigRequest request) {
  if (!request.yaml().empty()) request.set_yaml(absl::StrCat(request.yaml().size(), " bytes"));
  if (request.has_config()) config::RedactSecrets(*request.mutable_config());
  for (std::string& assignment : *request.mutable_assignments()) {
    assignment = config::RedactAssignment(assignment);
  }
  return request;
}

}  // namespace

std::string AuditText(const google::protobuf::Message& request) {
  const auto* apply = google::protobuf::DynamicCastToGenerated<v1::ApplyConfigRequest>(&request);
  return apply == nullptr ? request.ShortDebugString() : WithoutSecrets(*apply).ShortDebugString();
}

}  // namespace troupe::admin
