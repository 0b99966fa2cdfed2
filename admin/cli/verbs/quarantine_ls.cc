#include "admin/cli/listing.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/crashes.pb.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::ListQuarantineResponse& response, Page& page) {
  Table table(
      {"ENTRY", "POOL", "METHOD", "ROUTE", "STATE", "DEATHS", "SHED", "LAST", "EXPIRES", "CRASH"});
  for (const v1::QuarantineEntry& entry : response.entries()) {
    table.Add({ShortName(entry.name()), ShortName(entry.pool()), entry.method(), entry.route(),
               entry.enforced() ? Cell("enforced", Tone::kBad) : Cell("observed"),
               std::to_string(entry.deaths()), std::to_string(entry.shed()),
               TextIf(entry.has_last_time(), entry.last_time()),
               TextIf(entry.has_expire_time(), entry.expire_time()), ShortName(entry.crash())});
  }
  page.Add(table);
}

}  // namespace

void AddQuarantineLs(Command group, Tool& tool) {
  AddListing<v1::ListQuarantineRequest, v1::ListQuarantineResponse>(
      group.Verb("ls", "Shapes of requests that killed workers, and whether they are shed"), tool,
      "Crashes.ListQuarantine", &v1::ListQuarantineResponse::entries_size, Show);
}

}  // namespace troupe::admin::cli
