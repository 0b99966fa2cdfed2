#include "absl/strings/str_cat.h"
#include "admin/listing.h"
#include "admin/services.h"

namespace troupe::admin {
namespace {

using Found = Control::Listing<v1::Request>;

absl::StatusOr<v1::ListRequestsResponse> List(Control& control,
                                              const v1::ListRequestsRequest& request) {
  Found found = control.Requests();
  // A list has no fields: they are many, and few are asked about them.
  for (v1::Request& each : found.items) each.clear_fields();
  v1::ListRequestsResponse response;
  const std::string& order = request.order_by().empty() ? "age desc" : request.order_by();
  absl::Status status =
      FillPage({request.page_size(), request.page_token(), request.filter(), order},
               std::move(found.items), response, response.mutable_requests());
  if (!status.ok()) return status;
  for (std::string& late : found.unresponsive) response.add_unresponsive(std::move(late));
  return response;
}

absl::StatusOr<v1::ListSlowRequestsResponse> ListSlow(Control& control,
                                                      const v1::ListSlowRequestsRequest& request) {
  constexpr int kShownDefault = 20;
  if (request.page_size() < 0) return InvalidField("page_size", "must not be negative");
  Found found = control.SlowRequests();
  if (absl::Status status = Select({0, "", request.filter(), "age desc"}, found.items);
      !status.ok()) {
    return status;
  }
  const int shown = request.page_size() == 0 ? kShownDefault : request.page_size();
  if (found.items.size() > static_cast<size_t>(shown)) {
    found.items.resize(static_cast<size_t>(shown));
  }
  v1::ListSlowRequestsResponse response;
  for (v1::Request& each : found.items) *response.add_requests() = std::move(each);
  for (std::string& late : found.unresponsive) response.add_unresponsive(std::move(late));
  return response;
}

constexpr char kCancelled[] = "requests-cancelled";

absl::StatusOr<v1::CancelRequestResponse> Cancel(Control& control,
                                                 const v1::CancelRequestRequest& request) {
  const std::string& name = request.name();
  absl::StatusOr<v1::Request> before = control.GetRequest(name);
  if (!before.ok()) return before.status();
  if (absl::Status status = control.CancelRequest(name); !status.ok()) return status;
  control.TellDeed(kCancelled, before->pool(), "cancelled " + name, request.reason());
  v1::CancelRequestResponse response;
  *response.mutable_request() = *std::move(before);
  return response;
}

absl::StatusOr<v1::CancelRequestsResponse> CancelAll(Control& control,
                                                     const v1::CancelRequestsRequest& request) {
  if (request.filter().empty()) {
    return InvalidField("filter", "is missing; `age >= 0s` cancels all requests");
  }
  Found found = control.Requests();
  if (absl::Status status = Select({0, "", request.filter(), ""}, found.items); !status.ok()) {
    return status;
  }
  v1::CancelRequestsResponse response;
  for (const v1::Request& each : found.items) {
    // One that has ended meanwhile needs no cancelling.
    if (request.validate_only() || control.CancelRequest(each.name()).ok()) {
      response.set_cancelled_count(response.cancelled_count() + 1);
    }
  }
  for (std::string& late : found.unresponsive) response.add_unresponsive(std::move(late));
  if (!request.validate_only()) {  // one event, however many they are
    control.TellDeed(kCancelled, "",
                     absl::StrCat("cancelled ", response.cancelled_count(),
                                  " of the requests with ", request.filter()),
                     request.reason());
  }
  return response;
}

}  // namespace

MadeService MakeRequestsService(const ServiceParts& parts) {
  auto service =
      std::make_unique<RpcService>("troupe.admin.v1.Requests", parts.gate, parts.threads);
  Control& control = parts.control;
  service->Unary<v1::ListRequestsRequest, v1::ListRequestsResponse>(
      "ListRequests",
      [&control](const Caller&, const auto& request) { return List(control, request); });
  service->Unary<v1::GetRequestRequest, v1::Request>(
      "GetRequest", [&control](const Caller&, const auto& request) {
        return control.GetRequest(request.name());
      });
  service->Unary<v1::ListSlowRequestsRequest, v1::ListSlowRequestsResponse>(
      "ListSlowRequests",
      [&control](const Caller&, const auto& request) { return ListSlow(control, request); });
  service->Unary<v1::CancelRequestRequest, v1::CancelRequestResponse>(
      "CancelRequest",
      [&control](const Caller&, const auto& request) { return Cancel(control, request); });
  service->Unary<v1::CancelRequestsRequest, v1::CancelRequestsResponse>(
      "CancelRequests",
      [&control](const Caller&, const auto& request) { return CancelAll(control, request); });
  return service;
}

}  // namespace troupe::admin
