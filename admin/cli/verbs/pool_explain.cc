#include "admin/cli/format.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/pools.pb.h"

namespace troupe::admin::cli {
namespace {

// The sample that the decision was made at, the newest of those it saw.
std::vector<Cell> Row(const v1::ScalingDecision& decision) {
  v1::ScalingSample sample;
  if (!decision.samples().empty()) sample = *decision.samples().rbegin();
  return {Text(decision.time()),
          std::to_string(decision.from()) + " -> " + std::to_string(decision.to()),
          TextIf(sample.has_queue_wait_p95(), sample.queue_wait_p95()),
          std::to_string(sample.queue_depth()),
          Percent(sample.busy_share()),
          decision.reason()};
}

void Show(const v1::ExplainPoolResponse& response, Page& page) {
  page.Add(response.summary());
  if (response.decisions().empty()) return;
  page.Section("last decisions");
  Table table({"TIME", "WORKERS", "WAIT P95", "QUEUE", "BUSY", "REASON"});
  for (const v1::ScalingDecision& decision : response.decisions()) table.Add(Row(decision));
  page.Add(table);
}

}  // namespace

void AddPoolExplain(Command group, Tool& tool) {
  struct PoolExplainOptions {
    std::string pool;
    int limit = 20;
  };
  auto options = std::make_shared<PoolExplainOptions>();
  Command verb = group.Verb("explain", "Why a pool has as many workers as it has");
  verb.Argument("POOL", options->pool, "As pool ls shows it");
  verb.Option("--limit", "N", options->limit, "At most so many decisions (20)");
  verb.Run([&tool, options] {
    v1::ExplainPoolRequest request;
    request.set_name(FullName("pools", options->pool));
    request.set_page_size(options->limit);
    tool.output().Print(tool.Call<v1::ExplainPoolResponse>("Pools.ExplainPool", request), Show);
  });
}

}  // namespace troupe::admin::cli
