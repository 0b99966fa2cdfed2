#include "admin/cli/config_change.h"
#include "admin/cli/files.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {

void AddConfigApply(Command group, Tool& tool) {
  struct ConfigApplyOptions {
    std::string file;
    std::vector<std::string> assignments;
    ChangeOptions change;
  };
  auto options = std::make_shared<ConfigApplyOptions>();
  Command verb = group.Verb("apply", "Puts a configuration, or single fields, into effect");
  verb.OptionalArgument("FILE", options->file, "A whole configuration, YAML or JSON; - reads it");
  verb.Option("--set", "PATH=VALUE", options->assignments,
              "Instead: one field, as limits.fields_max=50; repeat for more");
  options->change.Declare(verb);
  verb.Run([&tool, options] {
    if (options->file.empty() == options->assignments.empty()) {
      throw Failure(ExitCode::kUsage, "give a file or fields with --set, and not both");
    }
    v1::ApplyConfigRequest request;
    if (!options->file.empty()) request.set_yaml(ReadInput(options->file));
    for (const std::string& assignment : options->assignments) request.add_assignments(assignment);
    options->change.Fill(request);
    PrintApplied(tool, tool.Call<v1::ApplyConfigResponse>("Config.ApplyConfig", request),
                 options->change.dry_run);
  });
}

}  // namespace troupe::admin::cli
