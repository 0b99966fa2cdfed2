#include "admin/cli/drain_watch.h"

#include "admin/cli/format.h"

namespace troupe::admin::cli {

void DrainOptions::Declare(Command& verb) {
  verb.Option("--delay", delay, "How long all is served as before; without: drain.delay");
  verb.Option("--grace", grace, "How long requests may take to end; without: drain.timeout");
  verb.Option("--reason", "TEXT", reason, "Why, for audit and events");
  verb.Flag("--wait", wait, "Stay until it is over, and print each step");
}

void ShowDrain(const v1::DrainStatus& status, Page& page) {
  std::string line = EnumText(status.step());
  if (status.has_step_deadline()) line += " until " + Text(status.step_deadline());
  if (!status.waits_for().empty()) line += ", waits for " + status.waits_for();
  page.Add(line);
}

void WatchDrain(Tool& tool, const v1::DrainStatus& begun) {
  v1::DrainStatus status = begun;
  try {
    tool.client().Stream("Server.WatchDrain", v1::WatchDrainRequest(), status,
                         {tool.timeout_given(), std::nullopt}, [&] {
                           tool.output().PrintNext(status, ShowDrain);
                           return true;
                         });
  } catch (const Failure& failure) {
    // A process that ends with its drain cannot say more than that.
    if (failure.code() == ExitCode::kUnreachable && status.exits()) return;
    throw;
  }
  if (status.step() == v1::DrainStatus::NONE) {
    throw Failure(ExitCode::kRefused, "the drain was undone before it was over");
  }
}

}  // namespace troupe::admin::cli
