#include "admin/cli/listing.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/pools.pb.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::ListPoolsResponse& response, Page& page) {
  Table table({"POOL", "STATE", "WORKERS", "BUSY", "IN FLIGHT", "QUEUE", "WAIT P95", "SERVICE",
               "SHED", "RESTARTS"});
  for (const v1::Pool& pool : response.pools()) {
    table.Add({ShortName(pool.name()), StateCell(EnumText(pool.state())),
               std::to_string(pool.workers_running()), Percent(pool.busy_share()),
               Of(pool.in_flight(), pool.capacity()), Of(pool.queue_depth(), pool.queue_max()),
               TextIf(pool.has_queue_wait_p95(), pool.queue_wait_p95()),
               TextIf(pool.has_service_time(), pool.service_time()), std::to_string(pool.shed()),
               std::to_string(pool.restarts())});
  }
  page.Add(table);
}

}  // namespace

void AddPoolLs(Command group, Tool& tool) {
  AddListing<v1::ListPoolsRequest, v1::ListPoolsResponse>(
      group.Verb("ls", "All pools with state, load and waiting times"), tool, "Pools.ListPools",
      &v1::ListPoolsResponse::pools_size, Show);
}

}  // namespace troupe::admin::cli
