#include "admin/rpc_status.h"

#include <algorithm>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "runtime/config/text.h"

namespace troupe::admin {
namespace {

constexpr char kTypePrefix[] = "type.googleapis.com/";

}  // namespace

grpc::Status ToRpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  std::string message(status.message());
  google::rpc::Status details;
  details.set_code(static_cast<int>(code));
  details.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(absl::StatusCodeToString(status.code()));
  info.set_domain("troupe");
  details.add_details()->PackFrom(info);
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    google::protobuf::Any& any = *details.add_details();
    any.set_type_url(std::string(url));
    any.set_value(std::string(payload));
  });
  return {code, message, details.SerializeAsString()};
}

absl::Status WithViolations(absl::Status status) {
  if (status.code() != absl::StatusCode::kInvalidArgument) return status;
  google::rpc::BadRequest bad;
  const std::string message(status.message());
  for (std::string_view line : config::Split(message, '\n')) {
    std::string_view field = line.substr(0, line.find(": "));
    if (field.find(':') != std::string_view::npos) {  // where it stands, which is no field
      line.remove_prefix(std::min(line.size(), field.size() + 2));
      field = line.substr(0, line.find(": "));
    }
    google::rpc::BadRequest::FieldViolation& violation = *bad.add_field_violations();
    violation.set_field(std::string(field));
    violation.set_description(std::string(line.substr(std::min(line.size(), field.size() + 2))));
  }
  status.SetPayload(config::Concat(kTypePrefix, bad.GetTypeName()),
                    absl::Cord(bad.SerializeAsString()));
  return status;
}

absl::Status InvalidField(std::string_view field, std::string_view description) {
  google::rpc::BadRequest bad;
  google::rpc::BadRequest::FieldViolation& violation = *bad.add_field_violations();
  violation.set_field(std::string(field));
  violation.set_description(std::string(description));
  absl::Status status = absl::InvalidArgumentError(config::Concat(field, " ", description));
  status.SetPayload(config::Concat(kTypePrefix, bad.GetTypeName()),
                    absl::Cord(bad.SerializeAsString()));
  return status;
}

}  // namespace troupe::admin
