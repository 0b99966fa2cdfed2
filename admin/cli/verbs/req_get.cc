#include "admin/cli/format.h"
#include "admin/cli/request_page.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {

void AddReqGet(Command group, Tool& tool) {
  auto id = std::make_shared<std::string>();
  Command verb = group.Verb("get", "One request in flight: phases, times, redacted fields");
  verb.Argument("REQUEST", *id, "As req ls shows it");
  verb.Run([&tool, id] {
    v1::GetRequestRequest request;
    request.set_name(FullName("requests", *id));
    tool.output().Print(tool.Call<v1::Request>("Requests.GetRequest", request), ShowRequest);
  });
}

}  // namespace troupe::admin::cli
