#include "absl/strings/ascii.h"
#include "admin/cli/format.h"
#include "admin/cli/ledger_page.h"
#include "admin/cli/verbs/verbs.h"
#include "runtime/config/values.h"
#include "troupe/admin/v1/server.pb.h"

namespace troupe::admin::cli {
namespace {

constexpr char kReset[] = "reset";  // the component's own level is taken away

struct LogLevelOptions {
  std::string level;
  std::string component;
  std::optional<absl::Duration> revert_after;
};

void Show(const v1::LogLevels& levels, Page& page) {
  Table table({"COMPONENT", "LEVEL"});
  table.Add({"all others", EnumText(levels.level())});
  for (const auto& [component, level] : Sorted(levels.components())) {
    table.Add({component, EnumText(static_cast<v1::LogLevels::Level>(level))});
  }
  page.Add(table);
  if (levels.has_revert_time()) page.Remark("as before from " + Text(levels.revert_time()) + " on");
}

v1::LogLevels::Level ParseLevel(const LogLevelOptions& options) {
  v1::LogLevels::Level level = v1::LogLevels::LEVEL_UNSPECIFIED;
  if (options.level == kReset && !options.component.empty()) return level;
  if (!v1::LogLevels::Level_Parse(absl::AsciiStrToUpper(options.level), &level) || level == 0) {
    throw Failure(ExitCode::kUsage,
                  "the level is debug, info, warning, error or off; or, with --component, reset");
  }
  return level;
}

}  // namespace

void AddLogLevel(Command group, Tool& tool) {
  auto options = std::make_shared<LogLevelOptions>();
  Command verb = group.Verb("level", "How much the server logs, for good or for a time");
  verb.Argument("LEVEL", options->level,
                "debug, info, warning, error or off; reset takes a component's own level away");
  verb.Option("--component", "NAME", options->component,
              "Only of this one, as its lines name it: 'pool echo'");
  verb.Option("--for", options->revert_after, "As before after this time");
  verb.Run([&tool, options] {
    v1::SetLogLevelRequest request;
    request.set_level(ParseLevel(*options));
    request.set_component(options->component);
    if (options->revert_after) {
      *request.mutable_revert_after() = config::ToProto(*options->revert_after);
    }
    tool.output().Print(tool.Call<v1::LogLevels>("Server.SetLogLevel", request), Show);
  });
}

}  // namespace troupe::admin::cli
