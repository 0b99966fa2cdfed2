#include "admin/cli/condition.h"
#include "admin/cli/drain_watch.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {

void AddUndrain(Command group, Tool& tool) {
  struct UndrainOptions {
    v1::UndrainRequest request;
    bool wait = false;
  };
  auto options = std::make_shared<UndrainOptions>();
  Command verb = group.Verb("undrain", "Back to serving; closed listeners are opened again");
  verb.Option("--reason", "TEXT", *options->request.mutable_reason(), "Why, for audit and events");
  verb.Flag("--wait", options->wait, "Stay until all is served again");
  verb.Run([&tool, options] {
    tool.output().PrintNext(tool.Call<v1::DrainStatus>("Server.Undrain", options->request),
                            ShowDrain);
    if (options->wait) WaitFor({"ready"}, tool);
  });
}

}  // namespace troupe::admin::cli
