#include "admin/listing.h"
#include "admin/services.h"

namespace troupe::admin {
namespace {

absl::StatusOr<v1::ListCrashesResponse> List(Control& control,
                                             const v1::ListCrashesRequest& request) {
  std::vector<v1::Crash> crashes = control.Crashes();
  for (v1::Crash& crash : crashes) {
    crash.clear_fields();
    crash.clear_stack();
    if (crash.has_process()) crash.mutable_process()->clear_in_hand();
  }
  v1::ListCrashesResponse response;
  absl::Status status = FillPage({request.page_size(), request.page_token(), request.filter(), ""},
                                 std::move(crashes), response, response.mutable_crashes());
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::Crash> Get(Control& control, const std::string& name) {
  for (v1::Crash& crash : control.Crashes()) {
    if (crash.name() == name) return std::move(crash);
  }
  return absl::NotFoundError("There is no " + name + ", or it is not kept any more.");
}

absl::StatusOr<v1::ListQuarantineResponse> ListQuarantine(
    Control& control, const v1::ListQuarantineRequest& request) {
  v1::ListQuarantineResponse response;
  absl::Status status = FillPage({request.page_size(), request.page_token(), request.filter(), ""},
                                 control.Quarantine(), response, response.mutable_entries());
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::ReleaseQuarantineResponse> Release(Control& control,
                                                      const v1::ReleaseQuarantineRequest& request) {
  absl::StatusOr<v1::QuarantineEntry> entry =
      control.ReleaseQuarantine(request.name(), request.reason());
  if (!entry.ok()) return entry.status();
  v1::ReleaseQuarantineResponse response;
  *response.mutable_entry() = *std::move(entry);
  return response;
}

}  // namespace

MadeService MakeCrashesService(const ServiceParts& parts) {
  auto service = std::make_unique<RpcService>("troupe.admin.v1.Crashes", parts.gate, parts.threads);
  Control& control = parts.control;
  service->Unary<v1::ListCrashesRequest, v1::ListCrashesResponse>(
      "ListCrashes",
      [&control](const Caller&, const auto& request) { return List(control, request); });
  service->Unary<v1::GetCrashRequest, v1::Crash>(
      "GetCrash",
      [&control](const Caller&, const auto& request) { return Get(control, request.name()); });
  service->Unary<v1::ListQuarantineRequest, v1::ListQuarantineResponse>(
      "ListQuarantine",
      [&control](const Caller&, const auto& request) { return ListQuarantine(control, request); });
  service->Unary<v1::ReleaseQuarantineRequest, v1::ReleaseQuarantineResponse>(
      "ReleaseQuarantine",
      [&control](const Caller&, const auto& request) { return Release(control, request); });
  return service;
}

}  // namespace troupe::admin
