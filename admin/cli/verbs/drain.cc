#include "admin/cli/drain_watch.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {
namespace {

template <typename Request>
void Add(Command verb, Tool& tool, const std::string& method) {
  auto options = std::make_shared<DrainOptions>();
  options->Declare(verb);
  verb.Run([=, &tool] {
    Request request;
    options->Fill(request);
    const auto begun = tool.Call<v1::DrainStatus>(method, request);
    if (options->wait) return WatchDrain(tool, begun);
    tool.output().PrintNext(begun, ShowDrain);
  });
}

}  // namespace

void AddDrain(Command group, Tool& tool) {
  Add<v1::DrainRequest>(
      group.Verb("drain", "Stops taking requests and lets those begun end; the process stays"),
      tool, "Server.Drain");
}

void AddShutdown(Command group, Tool& tool) {
  Add<v1::ShutdownRequest>(group.Verb("shutdown", "Drains and ends the process, as SIGTERM does"),
                           tool, "Server.Shutdown");
}

}  // namespace troupe::admin::cli
