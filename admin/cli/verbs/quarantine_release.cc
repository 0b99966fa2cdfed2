#include "admin/cli/format.h"
#include "admin/cli/verbs/verbs.h"
#include "troupe/admin/v1/crashes.pb.h"

namespace troupe::admin::cli {
namespace {

void Show(const v1::ReleaseQuarantineResponse& response, Page& page) {
  const v1::QuarantineEntry& entry = response.entry();
  Table table;
  table.Add({"released", ShortName(entry.name())});
  table.Add({"pool", ShortName(entry.pool())});
  table.Add({"requests", entry.method() + " " + entry.route()});
  table.Add({"deaths", std::to_string(entry.deaths())});
  table.Add({"shed", std::to_string(entry.shed())});
  page.Add(table);
}

}  // namespace

void AddQuarantineRelease(Command group, Tool& tool) {
  auto request = std::make_shared<v1::ReleaseQuarantineRequest>();
  Command verb = group.Verb("release", "Lets a shape of requests in again");
  verb.Argument("ENTRY", *request->mutable_name(), "As quarantine ls shows it");
  verb.Option("--reason", "TEXT", *request->mutable_reason(), "Why, for audit and events");
  verb.Run([&tool, request] {
    request->set_name(FullName("quarantine", request->name()));
    tool.output().Print(
        tool.Call<v1::ReleaseQuarantineResponse>("Crashes.ReleaseQuarantine", *request), Show);
  });
}

}  // namespace troupe::admin::cli
