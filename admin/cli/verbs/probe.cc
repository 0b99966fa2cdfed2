#include "admin/cli/http_probe.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {

void AddProbe(Command group, Tool& tool) {
  auto url = std::make_shared<std::string>();
  Command verb = group.Verb("probe", "One HTTP GET; exit code 0 for 2xx, 6 for another status");
  verb.Argument("URL", *url, "As http://127.0.0.1:9902/readyz");
  verb.Run([&tool, url] {
    const ProbeAnswer answer = Probe(*url, tool.timeout());
    tool.output().PrintText(answer.status_line + "\n");
    if (answer.status < 200 || answer.status > 299) {
      throw Failure(ExitCode::kNotServing, *url + " answers, but not with 2xx");
    }
  });
}

}  // namespace troupe::admin::cli
