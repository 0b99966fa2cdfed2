#include "admin/cli/listing.h"
#include "admin/cli/request_page.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::ListSlowRequestsResponse& response, Page& page) {
  Table table({"TOOK", "READ", "BODY", "QUEUE", "SERVICE", "WRITE", "OUTCOME", "STATUS", "WORKER",
               "CLIENT", "LINE"});
  for (const v1::Request& request : response.requests()) {
    const v1::PhaseTimes& times = request.times();
    table.Add({TextIf(request.has_age(), request.age()), TextIf(times.has_read(), times.read()),
               TextIf(times.has_body(), times.body()), TextIf(times.has_queue(), times.queue()),
               TextIf(times.has_service(), times.service()),
               TextIf(times.has_write(), times.write()), StateCell(request.outcome()),
               std::to_string(request.status()),
               request.worker().empty() ? kNone : ShortName(request.worker()), request.client(),
               RequestLine(request.method(), request.target())});
  }
  page.Add(table);
}

}  // namespace

void AddReqSlow(Command group, Tool& tool) {
  AddListing<v1::ListSlowRequestsRequest, v1::ListSlowRequestsResponse>(
      group.Verb("slow", "The slowest requests of the last ten minutes, by phase"), tool,
      "Requests.ListSlowRequests", &v1::ListSlowRequestsResponse::requests_size, Show);
}

}  // namespace troupe::admin::cli
