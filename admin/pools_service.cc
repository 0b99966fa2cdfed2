#include "admin/listing.h"
#include "admin/services.h"

namespace troupe::admin {

MadeService MakePoolsService(const ServiceParts& parts) {
  auto service = std::make_unique<RpcService>("troupe.admin.v1.Pools", parts.gate, parts.threads);
  Control& control = parts.control;
  service->Unary<v1::ListPoolsRequest, v1::ListPoolsResponse>(
      "ListPools",
      [&control](const Caller&,
                 const v1::ListPoolsRequest& request) -> absl::StatusOr<v1::ListPoolsResponse> {
        v1::ListPoolsResponse response;
        absl::Status status = FillPage(
            {request.page_size(), request.page_token(), request.filter(), request.order_by()},
            control.Pools(), response, response.mutable_pools());
        if (!status.ok()) return status;
        return response;
      });
  service->Unary<v1::GetPoolRequest, v1::Pool>(
      "GetPool",
      [&control](const Caller&, const auto& request) { return control.GetPool(request.name()); });
  return service;
}

}  // namespace troupe::admin
