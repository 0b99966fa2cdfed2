#include "admin/cli/format.h"
#include "admin/cli/ledger_page.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {
namespace {

using Entries = google::protobuf::RepeatedPtrField<v1::LedgerEntry>;

void ShowEntries(const std::string& heading, const Entries& entries, Page& page) {
  if (entries.empty()) return;
  Table table({"NAME", "OUTCOME", "REQUESTS"});
  for (const v1::LedgerEntry& entry : entries) {
    for (const auto& [outcome, count] : Sorted(entry.outcomes())) {
      table.Add({entry.name(), StateCell(outcome), std::to_string(count)});
    }
  }
  page.Section(heading);
  page.Add(table);
}

void Show(const v1::LedgerSnapshot& ledger, Page& page) {
  ShowTotals(ledger, page);
  ShowEntries("by pool", ledger.by_pool(), page);
  ShowEntries("by route", ledger.by_route(), page);
  ShowEntries("by cause", ledger.by_cause(), page);
}

}  // namespace

void AddLedger(Command group, Tool& tool) {
  auto watch = std::make_shared<std::optional<absl::Duration>>();
  Command verb = group.Verb("ledger", "What became of every accepted request, at one instant");
  verb.Watch(*watch, "Again every second, or every INTERVAL with --watch=INTERVAL");
  verb.Run([&tool, watch] {
    tool.Repeat(*watch, [&] {
      tool.output().Print(tool.Call<v1::LedgerSnapshot>("Ledger.GetLedger", v1::GetLedgerRequest()),
                          Show);
    });
  });
}

}  // namespace troupe::admin::cli
