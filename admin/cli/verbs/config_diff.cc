#include "admin/cli/config_change.h"
#include "admin/cli/helm_values.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::DiffRevisionsResponse& response, Page& page) {
  ShowChanges(response.changes(), page);
}

// The last revision that was made of the file.
std::string FileRevision(Tool& tool) {
  v1::ListRevisionsRequest request;
  request.set_page_size(1);
  request.set_filter("source = START OR source = RELOAD");
  const auto response = tool.Call<v1::ListRevisionsResponse>("Config.ListRevisions", request);
  if (response.revisions().empty()) {
    throw Failure(ExitCode::kRefused,
                  "the history does not go back to the file any more; name the revision to "
                  "compare with: config diff --helm REVISION");
  }
  return response.revisions(0).name();
}

void PrintHelmValues(Tool& tool, v1::DiffRevisionsRequest request) {
  if (request.from().empty()) request.set_from(FileRevision(tool));
  v1::GetConfigRequest target;
  target.set_name(request.to());
  tool.output().PrintText(
      HelmValues(tool.Call<v1::DiffRevisionsResponse>("Config.DiffRevisions", request),
                 tool.Call<v1::ConfigView>("Config.GetConfig", target)));
}

}  // namespace

void AddConfigDiff(Command group, Tool& tool) {
  struct ConfigDiffOptions {
    std::string from;
    std::string to;
    bool helm = false;
  };
  auto options = std::make_shared<ConfigDiffOptions>();
  Command verb = group.Verb("diff", "What differs between two revisions");
  verb.OptionalArgument("FROM", options->from, "Without: the one that TO was made from");
  verb.OptionalArgument("TO", options->to, "Without: the one in effect");
  verb.Flag("--helm", options->helm,
            "As Helm values under config:, to carry live changes into the chart; FROM is the file "
            "then, if not named");
  verb.Run([&tool, options] {
    v1::DiffRevisionsRequest request;
    request.set_from(RevisionName(options->from));
    request.set_to(RevisionName(options->to));
    if (options->helm) return PrintHelmValues(tool, request);
    tool.output().Print(tool.Call<v1::DiffRevisionsResponse>("Config.DiffRevisions", request),
                        Show);
  });
}

}  // namespace troupe::admin::cli
