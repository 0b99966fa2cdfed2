#include "admin/cli/pool_page.h"

#include "admin/cli/format.h"

namespace troupe::admin::cli {
namespace {

std::string State(const v1::Pool& pool) {
  std::string since;
  if (pool.has_state_time()) since = "for " + Since(pool.state_time());
  if (pool.state_reason().empty()) return since;
  return since + (since.empty() ? "" : ", ") + pool.state_reason();
}

std::string Capacity(const v1::Pool& pool) {
  std::string text = "at once: workers x in_flight_max";
  if (pool.capacity_per_second() > 0) {
    text += ", " + Number(pool.capacity_per_second()) + "/s at the service time of now";
  }
  return text;
}

std::string Deaths(const v1::Pool& pool) {
  std::string text = std::to_string(pool.deaths());
  if (pool.has_next_restart_time()) text += ", next restart " + Text(pool.next_restart_time());
  if (pool.threads_abandoned() > 0) {
    text += ", " + Count(pool.threads_abandoned(), "hung thread") + " left behind";
  }
  return text;
}

}  // namespace

void ShowPool(const v1::Pool& pool, Page& page) {
  Table table;
  table.Add({"pool", ShortName(pool.name())});
  table.Add({"service", pool.service() + ", " + pool.placement()});
  table.Add({"state", StateCell(EnumText(pool.state())), State(pool)});
  table.Add({"workers", std::to_string(pool.workers_running()),
             "busy " + std::to_string(pool.workers_busy()) + ", bounds " +
                 std::to_string(pool.workers_min()) + " to " + std::to_string(pool.workers_max())});
  table.Add({"busy", Percent(pool.busy_share()), "of the last 10 s"});
  table.Add({"in flight", std::to_string(pool.in_flight()),
             "at most " + std::to_string(pool.in_flight_max()) + " a worker"});
  table.Add({"capacity", std::to_string(pool.capacity()), Capacity(pool)});
  table.Add({"queue", Of(pool.queue_depth(), pool.queue_max()),
             "wait p50 " + TextIf(pool.has_queue_wait_p50(), pool.queue_wait_p50()) + ", p95 " +
                 TextIf(pool.has_queue_wait_p95(), pool.queue_wait_p95()) + ", at most " +
                 TextIf(pool.has_queue_timeout(), pool.queue_timeout())});
  table.Add({"service time", TextIf(pool.has_service_time(), pool.service_time()),
             "at most " + TextIf(pool.has_request_timeout(), pool.request_timeout())});
  table.Add({"served", std::to_string(pool.served()), "shed " + std::to_string(pool.shed())});
  table.Add({"restarts", std::to_string(pool.restarts()), "deaths " + Deaths(pool)});
  table.Add({"etag", pool.etag()});
  page.Add(table);
}

}  // namespace troupe::admin::cli
