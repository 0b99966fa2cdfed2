// What the verbs that change the configuration share: their options, and the differences as people
// read them. One thread.
#pragma once

#include <optional>
#include <string>

#include "admin/cli/format.h"
#include "admin/cli/tool.h"
#include "google/protobuf/repeated_field.h"
#include "runtime/config/values.h"
#include "troupe/admin/v1/config.pb.h"

namespace troupe::admin::cli {

// "revisions/12" of "12"; empty stays.
std::string RevisionName(const std::string& revision);

struct ChangeOptions {
  void Declare(Command& verb);

  // `request` is an ApplyConfigRequest or a RollbackConfigRequest.
  template <typename Request>
  void Fill(Request& request) const {
    request.set_etag(etag);
    request.set_reason(reason);
    request.set_validate_only(dry_run);
    if (confirm) *request.mutable_confirm_within() = config::ToProto(*confirm);
  }

  std::string etag;
  std::string reason;
  bool dry_run = false;
  std::optional<absl::Duration> confirm;
};

void ShowChanges(const google::protobuf::RepeatedPtrField<v1::Change>& changes, Page& page);

// What was changed, and what to do next. `dry_run` as in the request.
void PrintApplied(Tool& tool, const v1::ApplyConfigResponse& response, bool dry_run);

}  // namespace troupe::admin::cli
