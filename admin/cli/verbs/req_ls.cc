#include "admin/cli/listing.h"
#include "admin/cli/request_page.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::ListRequestsResponse& response, Page& page) {
  Table table({"REQUEST", "PHASE", "AGE", "WORKER", "CLIENT", "ROUTE", "LINE"});
  for (const v1::Request& request : response.requests()) {
    table.Add({ShortName(request.name()), EnumText(request.phase()),
               TextIf(request.has_age(), request.age()), ShortName(request.worker()),
               request.client(), request.route(), RequestLine(request.method(), request.target())});
  }
  page.Add(table);
}

}  // namespace

void AddReqLs(Command group, Tool& tool) {
  AddListing<v1::ListRequestsRequest, v1::ListRequestsResponse>(
      group.Verb("ls", "Requests in flight, the oldest first"), tool, "Requests.ListRequests",
      &v1::ListRequestsResponse::requests_size, Show);
}

}  // namespace troupe::admin::cli
