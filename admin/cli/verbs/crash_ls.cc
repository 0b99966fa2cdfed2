#include "admin/cli/listing.h"
#include "admin/cli/request_page.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/crashes.pb.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::ListCrashesResponse& response, Page& page) {
  Table table({"CRASH", "TIME", "KIND", "WORKER", "DECISION", "LINE", "WHAT"});
  for (const v1::Crash& crash : response.crashes()) {
    table.Add({ShortName(crash.name()), Text(crash.time()), EnumText(crash.kind()),
               ShortName(crash.worker()), EnumText(crash.decision()),
               RequestLine(crash.method(), crash.target()), crash.exception_text()});
  }
  page.Add(table);
}

}  // namespace

void AddCrashLs(Command group, Tool& tool) {
  AddListing<v1::ListCrashesRequest, v1::ListCrashesResponse>(
      group.Verb("ls", "The last deaths of workers, newest first"), tool, "Crashes.ListCrashes",
      &v1::ListCrashesResponse::crashes_size, Show);
}

}  // namespace troupe::admin::cli
