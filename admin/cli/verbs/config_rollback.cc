#include "admin/cli/config_change.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {

void AddConfigRollback(Command group, Tool& tool) {
  struct ConfigRollbackOptions {
    std::string revision;
    ChangeOptions change;
  };
  auto options = std::make_shared<ConfigRollbackOptions>();
  Command verb = group.Verb("rollback", "Makes a new revision that is an old one");
  verb.OptionalArgument("REVISION", options->revision,
                        "As config history shows it; without: the one before");
  options->change.Declare(verb);
  verb.Run([&tool, options] {
    v1::RollbackConfigRequest request;
    request.set_name(RevisionName(options->revision));
    options->change.Fill(request);
    PrintApplied(tool, tool.Call<v1::ApplyConfigResponse>("Config.RollbackConfig", request),
                 options->change.dry_run);
  });
}

}  // namespace troupe::admin::cli
