#include "admin/listing.h"
#include "admin/services.h"

namespace troupe::admin {

MadeService MakeConnectionsService(const ServiceParts& parts) {
  auto service =
      std::make_unique<RpcService>("troupe.admin.v1.Connections", parts.gate, parts.threads);
  Control& control = parts.control;
  using List = v1::ListConnectionsResponse;
  service->Unary<v1::ListConnectionsRequest, List>(
      "ListConnections",
      [&control](const Caller&, const v1::ListConnectionsRequest& request) -> absl::StatusOr<List> {
        Control::Listing<v1::Connection> found = control.Connections();
        List response;
        const std::string& order = request.order_by().empty() ? "age desc" : request.order_by();
        absl::Status status =
            FillPage({request.page_size(), request.page_token(), request.filter(), order},
                     std::move(found.items), response, response.mutable_connections());
        if (!status.ok()) return status;
        for (std::string& late : found.unresponsive) response.add_unresponsive(std::move(late));
        return response;
      });
  using Closed = v1::CloseConnectionResponse;
  service->Unary<v1::CloseConnectionRequest, Closed>(
      "CloseConnection",
      [&control](const Caller&,
                 const v1::CloseConnectionRequest& request) -> absl::StatusOr<Closed> {
        absl::StatusOr<v1::Connection> closed =
            control.CloseConnection(request.name(), request.reason());
        if (!closed.ok()) return closed.status();
        Closed response;
        *response.mutable_connection() = *std::move(closed);
        return response;
      });
  return service;
}

}  // namespace troupe::admin
