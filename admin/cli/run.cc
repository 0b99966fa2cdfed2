#include "admin/cli/run.h"

#include "admin/cli/failure.h"
#include "admin/cli/tool.h"
#include "admin/cli/verbs/verbs.h"
#include "runtime/version.h"

namespace troupe::admin::cli {
namespace {

// In the order of the help: what one looks at first comes first.
void AddVerbs(CommandLine& line, Tool& tool) {
  Command root = line.root();
  tool.Declare(root);
  root.Run([&tool] { RunStatus(tool); });
  AddStatus(root, tool);
  AddHealth(root, tool);
  AddStats(root, tool);
  AddLedger(root, tool);
  AddTree(root, tool);
  AddEvents(root, tool);

  Command pool = root.Group("pool", "Pools of workers: state, size, bounds");
  AddPoolLs(pool, tool);
  AddPoolGet(pool, tool);
  AddPoolSet(pool, tool);
  AddPoolScale(pool, tool);
  AddPoolSuspendResume(pool, tool);
  AddPoolExplain(pool, tool);

  Command worker = root.Group("worker", "Workers: what each does, restart, stop");
  AddWorkerLs(worker, tool);
  AddWorkerRestartStop(worker, tool);

  Command req = root.Group("req", "Requests: in flight, slow, cancel");
  AddReqLs(req, tool);
  AddReqGet(req, tool);
  AddReqCancel(req, tool);
  AddReqSlow(req, tool);

  Command conn = root.Group("conn", "Connections of clients");
  AddConnLs(conn, tool);
  AddConnClose(conn, tool);

  Command crash = root.Group("crash", "Deaths of workers");
  AddCrashLs(crash, tool);
  AddCrashGet(crash, tool);

  Command quarantine = root.Group("quarantine", "Requests that have killed workers");
  AddQuarantineLs(quarantine, tool);
  AddQuarantineRelease(quarantine, tool);

  Command config = root.Group("config", "The configuration: read, change, undo");
  AddConfigGet(config, tool);
  AddConfigEdit(config, tool);
  AddConfigApply(config, tool);
  AddConfigDiff(config, tool);
  AddConfigHistory(config, tool);
  AddConfigConfirm(config, tool);
  AddConfigRollback(config, tool);

  AddDrain(root, tool);
  AddUndrain(root, tool);
  AddShutdown(root, tool);
  AddWait(root, tool);

  Command log = root.Group("log", "The server's log");
  AddLogLevel(log, tool);
  AddLogReopen(log, tool);

  AddProbe(root, tool);
  AddRaw(root, tool);
  AddCompletion(root, tool, line);
}

}  // namespace

int RunTroupectl(const std::vector<std::string>& arguments, const Output::Streams& streams) {
  Tool tool(streams);
  CommandLine line("troupectl", "Shows and steers a running trouped.", kVersion);
  AddVerbs(line, tool);
  try {
    line.Parse(arguments, streams.data)();
    return static_cast<int>(ExitCode::kOk);
  } catch (const Failure& failure) {
    tool.output().Say(std::string("troupectl: ") + failure.what());
    return static_cast<int>(failure.code());
  }
}

}  // namespace troupe::admin::cli
