#include "admin/cli/format.h"
#include "admin/cli/ledger_page.h"
#include "admin/cli/verbs/verbs.h"
#include "google/protobuf/util/field_mask_util.h"
#include "runtime/config/values.h"
#include "troupe/admin/v1/stats.pb.h"

namespace troupe::admin::cli {
namespace {

struct StatsOptions {
  std::string fields;
  std::optional<absl::Duration> watch;
};

void ShowRates(const v1::StatsSnapshot& stats, Page& page) {
  Table table({"REQUESTS", "A SECOND"});
  table.Add({"accepted", Number(stats.accepted_per_second())});
  for (const auto& [outcome, rate] : Sorted(stats.outcomes_per_second())) {
    table.Add({StateCell(outcome), Number(rate)});
  }
  page.Section("the mean of " + TextIf(stats.has_period(), stats.period()));
  page.Add(table);
}

void ShowProcess(const v1::StatsSnapshot& stats, Page& page) {
  Table table;
  table.Add({"phase", StateCell(EnumText(stats.phase()))});
  table.Add({"connections", Of(stats.connections(), stats.connections_max())});
  table.Add({"processor time", TextIf(stats.has_cpu_time(), stats.cpu_time())});
  table.Add({"memory", Bytes(static_cast<double>(stats.resident_bytes()))});
  table.Add({"descriptors", std::to_string(stats.descriptors())});
  table.Add({"revision", std::to_string(stats.revision())});
  page.Add(table);
}

void ShowPools(const v1::StatsSnapshot& stats, Page& page) {
  Table table({"POOL", "STATE", "BUSY", "IN FLIGHT", "QUEUE", "WAIT P95", "SERVICE", "SHED"});
  for (const v1::Pool& pool : stats.pools()) {
    table.Add({ShortName(pool.name()), StateCell(EnumText(pool.state())),
               Percent(pool.busy_share()), Of(pool.in_flight(), pool.capacity()),
               Of(pool.queue_depth(), pool.queue_max()),
               TextIf(pool.has_queue_wait_p95(), pool.queue_wait_p95()),
               TextIf(pool.has_service_time(), pool.service_time()), std::to_string(pool.shed())});
  }
  page.Section("pools");
  page.Add(table);
}

void Show(const v1::StatsSnapshot& stats, Page& page) {
  ShowProcess(stats, page);
  if (stats.has_ledger()) {
    page.Section("since the start");
    ShowTotals(stats.ledger(), page);
  }
  ShowRates(stats, page);
  if (!stats.pools().empty()) ShowPools(stats, page);
}

template <typename Request>
Request RequestFor(const StatsOptions& options) {
  Request request;
  if (!options.fields.empty()) {
    google::protobuf::util::FieldMaskUtil::FromString(options.fields, request.mutable_read_mask());
  }
  return request;
}

void Watch(Tool& tool, const StatsOptions& options) {
  auto request = RequestFor<v1::WatchStatsRequest>(options);
  *request.mutable_interval() = config::ToProto(*options.watch);
  v1::StatsSnapshot stats;
  tool.client().Stream("Stats.WatchStats", request, stats, {tool.timeout_given(), std::nullopt},
                       [&] {
                         tool.output().Redraw();
                         tool.output().PrintNext(stats, Show);
                         return true;
                       });
}

}  // namespace

void AddStats(Command group, Tool& tool) {
  auto options = std::make_shared<StatsOptions>();
  Command verb = group.Verb("stats", "Numbers of now: rates, outcomes, pools, memory");
  verb.Option("--fields", "A,B", options->fields,
              "Only these, as -o json names them: ledger,pools.queue_depth");
  verb.Watch(options->watch, "Every second, or every INTERVAL (50ms to 1h) with --watch=INTERVAL");
  verb.Run([&tool, options] {
    if (options->watch) return Watch(tool, *options);
    tool.output().Print(
        tool.Call<v1::StatsSnapshot>("Stats.GetStats", RequestFor<v1::GetStatsRequest>(*options)),
        Show);
  });
}

}  // namespace troupe::admin::cli
