#include "admin/cli/config_change.h"
#include "admin/cli/files.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {
namespace {

v1::ApplyConfigResponse Apply(Tool& tool, v1::ApplyConfigRequest request, bool validate_only) {
  request.set_validate_only(validate_only);
  return tool.Call<v1::ApplyConfigResponse>("Config.ApplyConfig", request);
}

// Until what is in the draft is valid or the user gives up: throws the server's refusal then.
v1::ApplyConfigResponse EditUntilValid(Tool& tool, Draft& draft, v1::ApplyConfigRequest& request) {
  while (true) {
    request.set_yaml(draft.Edit());
    try {
      return Apply(tool, request, /*validate_only=*/true);
    } catch (const Failure& failure) {
      const std::string question = std::string(failure.what()) + "\nedit again?";
      if (failure.code() != ExitCode::kRefused || !tool.output().Ask(question, false)) throw;
    }
  }
}

void Edit(Tool& tool, const ChangeOptions& options) {
  const auto view = tool.Call<v1::ConfigView>("Config.GetConfig", v1::GetConfigRequest());
  v1::ApplyConfigRequest request;
  options.Fill(request);
  if (options.etag.empty()) request.set_etag(view.revision().etag());
  Draft draft(view.yaml());
  try {
    const v1::ApplyConfigResponse planned = EditUntilValid(tool, draft, request);
    if (options.dry_run || planned.changes().empty()) return PrintApplied(tool, planned, true);
    Page page(tool.output().colour());
    ShowChanges(planned.changes(), page);
    tool.output().PrintPage(page);
    if (!tool.output().Ask("apply?", true)) {
      throw Failure(ExitCode::kRefused, "nothing was applied");
    }
    PrintApplied(tool, Apply(tool, request, /*validate_only=*/false), false);
  } catch (const Failure& failure) {
    draft.Keep();
    throw Failure(failure.code(),
                  std::string(failure.what()) + "\nyour text is kept in " + draft.path());
  }
}

}  // namespace

void AddConfigEdit(Command group, Tool& tool) {
  auto options = std::make_shared<ChangeOptions>();
  Command verb = group.Verb("edit", "Changes the configuration in $EDITOR, checks and applies it");
  options->Declare(verb);
  verb.Run([&tool, options] { Edit(tool, *options); });
}

}  // namespace troupe::admin::cli
