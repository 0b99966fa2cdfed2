#include "admin/cli/listing.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/config.pb.h"

namespace troupe::admin::cli {
namespace {

std::string Changed(const v1::Revision& revision) {
  if (revision.changed_paths().empty()) return kNone;
  const std::string& first = revision.changed_paths(0);
  const int others = revision.changed_paths_size() - 1;
  return others == 0 ? first : first + " and " + Count(others, "other");
}

void Show(const v1::ListRevisionsResponse& response, Page& page) {
  Table table({"REVISION", "STATE", "SOURCE", "TIME", "AUTHOR", "CHANGED", "REASON"});
  for (const v1::Revision& revision : response.revisions()) {
    table.Add({std::to_string(revision.number()), StateCell(EnumText(revision.state())),
               EnumText(revision.source()), Text(revision.create_time()), revision.author(),
               Changed(revision), revision.reason()});
  }
  page.Add(table);
}

}  // namespace

void AddConfigHistory(Command group, Tool& tool) {
  AddListing<v1::ListRevisionsRequest, v1::ListRevisionsResponse>(
      group.Verb("history", "Revisions, newest first: who, when, why, what"), tool,
      "Config.ListRevisions", &v1::ListRevisionsResponse::revisions_size, Show);
}

}  // namespace troupe::admin::cli
