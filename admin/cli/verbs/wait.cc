#include "admin/cli/condition.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {

void AddWait(Command group, Tool& tool) {
  auto condition = std::make_shared<std::vector<std::string>>();
  Command verb = group.Verb("wait", "Waits until the server or a pool is in a state");
  verb.Arguments("CONDITION", *condition,
                 "ready, drained or pool/NAME STATE, as pool/echo RUNNING");
  verb.Run([&tool, condition] { WaitFor(*condition, tool); });
}

}  // namespace troupe::admin::cli
