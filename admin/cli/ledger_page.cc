#include "admin/cli/ledger_page.h"

namespace troupe::admin::cli {

void ShowTotals(const v1::LedgerSnapshot& ledger, Page& page) {
  Table table({"REQUESTS", "COUNT"});
  table.Add({"accepted", std::to_string(ledger.accepted())});
  table.Add({"in flight", std::to_string(ledger.in_flight())});
  for (const auto& [outcome, count] : Sorted(ledger.outcomes())) {
    table.Add({StateCell(outcome), std::to_string(count)});
  }
  page.Add(table);
  if (!ledger.balanced()) {
    page.Remark("accepted is not the sum of the rest: this is a defect of the server, report it");
  }
}

}  // namespace troupe::admin::cli
