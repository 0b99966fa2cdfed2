#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/server.pb.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::ReopenLogsResponse& response, Page& page) {
  for (const std::string& file : response.files()) page.Add(file);
}

}  // namespace

void AddLogReopen(Command group, Tool& tool) {
  Command verb = group.Verb("reopen", "Opens the log files anew, after they have been rotated");
  verb.Run([&tool] {
    tool.output().Print(
        tool.Call<v1::ReopenLogsResponse>("Server.ReopenLogs", v1::ReopenLogsRequest()), Show);
  });
}

}  // namespace troupe::admin::cli
