#include "admin/cli/format.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/pools.pb.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::Worker& worker, Page& page) {
  Table table;
  table.Add({"worker", ShortName(worker.name())});
  table.Add({"state", StateCell(EnumText(worker.state()))});
  table.Add({"in flight", std::to_string(worker.in_flight())});
  page.Add(table);
}

template <typename Request>
void Add(Command verb, Tool& tool, const std::string& method) {
  auto request = std::make_shared<Request>();
  verb.Argument("WORKER", *request->mutable_name(), "As worker ls shows it: POOL/NUMBER");
  verb.Option("--reason", "TEXT", *request->mutable_reason(), "Why, for audit and events");
  verb.Run([=, &tool] {
    request->set_name(WorkerName(request->name()));
    tool.output().Print(tool.Call<v1::Worker>(method, *request), Show);
  });
}

}  // namespace

void AddWorkerRestartStop(Command group, Tool& tool) {
  Add<v1::RestartWorkerRequest>(
      group.Verb("restart", "Lets a worker end what it has begun, then puts a new one there"), tool,
      "Pools.RestartWorker");
  Add<v1::StopWorkerRequest>(
      group.Verb("stop", "The same without a new one, down to the pool's least number"), tool,
      "Pools.StopWorker");
}

}  // namespace troupe::admin::cli
