#include "admin/cli/config_change.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {
namespace {

void ShowYaml(const v1::ConfigView& view, Page& page) { page.Add(view.yaml()); }

void ShowOrigins(const v1::ConfigView& view, Page& page) {
  Table table({"FIELD", "VALUE", "ORIGIN", "TAKES EFFECT", "PINNED"});
  for (const v1::Setting& setting : view.settings()) {
    table.Add({setting.path(), setting.value(), setting.origin(), setting.apply(),
               setting.pinned() ? "yes" : "no"});
  }
  page.Add(table);
}

}  // namespace

void AddConfigGet(Command group, Tool& tool) {
  struct ConfigGetOptions {
    std::string revision;
    bool origins = false;
    bool all = false;
  };
  auto options = std::make_shared<ConfigGetOptions>();
  Command verb = group.Verb("get", "The configuration in effect, or that of a revision, as YAML");
  verb.OptionalArgument("REVISION", options->revision, "As config history shows it");
  verb.Flag("--origins", options->origins, "Where each value that is no default came from instead");
  verb.Flag("--all", options->all, "With --origins: the defaults too");
  verb.Run([&tool, options] {
    v1::GetConfigRequest request;
    request.set_name(RevisionName(options->revision));
    request.set_include_defaults(options->all);
    tool.output().Print(tool.Call<v1::ConfigView>("Config.GetConfig", request),
                        options->origins ? ShowOrigins : ShowYaml);
  });
}

}  // namespace troupe::admin::cli
