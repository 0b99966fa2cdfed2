#include "admin/cli/config_change.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::Revision& revision, Page& page) {
  Table table;
  table.Add({"revision", std::to_string(revision.number())});
  table.Add({"state", StateCell(EnumText(revision.state()))});
  table.Add({"author", revision.author()});
  table.Add({"reason", revision.reason()});
  page.Add(table);
}

}  // namespace

void AddConfigConfirm(Command group, Tool& tool) {
  auto revision = std::make_shared<std::string>();
  Command verb = group.Verb("confirm", "Keeps a revision that was applied with --confirm");
  verb.OptionalArgument("REVISION", *revision, "Without: the one that waits");
  verb.Run([&tool, revision] {
    v1::ConfirmConfigRequest request;
    request.set_name(RevisionName(*revision));
    tool.output().Print(tool.Call<v1::Revision>("Config.ConfirmConfig", request), Show);
  });
}

}  // namespace troupe::admin::cli
