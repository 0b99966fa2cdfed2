#include "admin/cli/listing.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/pools.pb.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::ListWorkersResponse& response, Page& page) {
  Table table({"WORKER", "STATE", "THREAD", "IN FLIGHT", "SERVED", "RESTARTS", "FOR", "DOES"});
  for (const v1::Worker& worker : response.workers()) {
    table.Add({ShortName(worker.name()), StateCell(EnumText(worker.state())), worker.thread(),
               std::to_string(worker.in_flight()), std::to_string(worker.served()),
               std::to_string(worker.restarts()),
               worker.has_activity_time() ? Since(worker.activity_time()) : kNone,
               worker.activity()});
  }
  page.Add(table);
}

}  // namespace

void AddWorkerLs(Command group, Tool& tool) {
  auto pool = std::make_shared<std::string>("-");
  Command verb = group.Verb("ls", "Workers with what each does and since when");
  verb.OptionalArgument("POOL", *pool, "Of this pool; without: of all");
  AddListing<v1::ListWorkersRequest, v1::ListWorkersResponse>(
      verb, tool, "Pools.ListWorkers", &v1::ListWorkersResponse::workers_size, Show,
      [pool](v1::ListWorkersRequest& request) { request.set_parent(FullName("pools", *pool)); });
}

}  // namespace troupe::admin::cli
