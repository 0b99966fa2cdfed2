#include "admin/cli/listing.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/connections.pb.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::ListConnectionsResponse& response, Page& page) {
  Table table({"CONNECTION", "CLIENT", "PHASE", "FOR", "AGE", "REQUESTS", "IN FLIGHT", "RECEIVED",
               "SENT", "UNSENT"});
  const auto bytes = [](int64_t count) { return Bytes(static_cast<double>(count)); };
  for (const v1::Connection& connection : response.connections()) {
    table.Add(
        {ShortName(connection.name()), connection.client().empty() ? kNone : connection.client(),
         EnumText(connection.phase()), TextIf(connection.has_phase_age(), connection.phase_age()),
         TextIf(connection.has_age(), connection.age()), std::to_string(connection.requests()),
         std::to_string(connection.in_flight()), bytes(connection.received_bytes()),
         bytes(connection.sent_bytes()), bytes(connection.unsent_bytes())});
  }
  page.Add(table);
}

}  // namespace

void AddConnLs(Command group, Tool& tool) {
  AddListing<v1::ListConnectionsRequest, v1::ListConnectionsResponse>(
      group.Verb("ls", "Open connections, the oldest first"), tool, "Connections.ListConnections",
      &v1::ListConnectionsResponse::connections_size, Show);
}

}  // namespace troupe::admin::cli
