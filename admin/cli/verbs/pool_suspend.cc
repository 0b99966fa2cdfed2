#include "admin/cli/format.h"
#include "admin/cli/pool_page.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {
namespace {

template <typename Request>
void Add(Command verb, Tool& tool, const std::string& method) {
  auto request = std::make_shared<Request>();
  verb.Argument("POOL", *request->mutable_name(), "As pool ls shows it");
  verb.Option("--etag", "ETAG", *request->mutable_etag(),
              "Only if the pool is still as pool get showed it");
  verb.Option("--reason", "TEXT", *request->mutable_reason(), "Why, for audit and events");
  verb.Run([=, &tool] {
    request->set_name(FullName("pools", request->name()));
    tool.output().Print(tool.Call<v1::Pool>(method, *request), ShowPool);
  });
}

}  // namespace

void AddPoolSuspendResume(Command group, Tool& tool) {
  Add<v1::SuspendPoolRequest>(
      group.Verb("suspend", "Sheds what comes in from now on; what was begun ends"), tool,
      "Pools.SuspendPool");
  Add<v1::ResumePoolRequest>(group.Verb("resume", "Back from suspend, or from FAILED at once"),
                             tool, "Pools.ResumePool");
}

}  // namespace troupe::admin::cli
