#include "admin/cli/config_change.h"

namespace troupe::admin::cli {
namespace {

Cell ValueCell(const std::string& value, Tone tone) {
  return value.empty() ? Cell(kNone) : Cell(value, tone);
}

void ShowApplied(const v1::ApplyConfigResponse& response, Page& page) {
  ShowChanges(response.changes(), page);
  if (!response.summary().empty()) page.Remark(response.summary());
}

}  // namespace

std::string RevisionName(const std::string& revision) {
  return revision.empty() ? "" : FullName("revisions", revision);
}

void ChangeOptions::Declare(Command& verb) {
  verb.Flag("--dry-run", dry_run, "Say what would change and when it takes effect; change nothing");
  verb.Option("--confirm", confirm,
              "Take it back by itself after this time unless config confirm comes");
  verb.Option("--etag", "ETAG", etag, "Only if the revision of this etag is in effect still");
  verb.Option("--reason", "TEXT", reason, "Why, for the history");
}

void ShowChanges(const google::protobuf::RepeatedPtrField<v1::Change>& changes, Page& page) {
  if (changes.empty()) return page.Remark("nothing differs");
  Table table({"FIELD", "BEFORE", "AFTER", "TAKES EFFECT"});
  for (const v1::Change& change : changes) {
    table.Add({change.path(), ValueCell(change.before(), Tone::kBad),
               ValueCell(change.after(), Tone::kGood),
               change.refusal().empty() ? Cell(change.apply())
                                        : Cell("refused: " + change.refusal(), Tone::kBad)});
  }
  page.Add(table);
}

void PrintApplied(Tool& tool, const v1::ApplyConfigResponse& response, bool dry_run) {
  Output& output = tool.output();
  output.Print(response, ShowApplied);
  const v1::Revision& revision = response.revision();
  const std::string number = std::to_string(revision.number());
  if (dry_run) {
    output.Say("nothing was changed: this is what would be");
  } else if (revision.state() == v1::Revision::UNCONFIRMED) {
    output.Say("revision " + number + " is in effect until " + Text(revision.confirm_deadline()) +
               "; troupectl config confirm keeps it");
  } else {
    output.Say("revision " + number + " is in effect");
  }
}

}  // namespace troupe::admin::cli
