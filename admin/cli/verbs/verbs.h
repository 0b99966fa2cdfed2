// The verbs of troupectl, one file each: what it takes and what it does. Each function adds its
// verb, or its two verbs that differ in a name only, below `group`. `tool` must outlive the command
// line.
#pragma once

#include "admin/cli/command.h"
#include "admin/cli/tool.h"

namespace troupe::admin::cli {

// Below the root. RunStatus is also what troupectl does alone, with what to try next.
void AddStatus(Command group, Tool& tool);
void RunStatus(Tool& tool);
void AddCompletion(Command group, Tool& tool, const CommandLine& line);
void AddDrain(Command group, Tool& tool);
void AddEvents(Command group, Tool& tool);
void AddHealth(Command group, Tool& tool);
void AddLedger(Command group, Tool& tool);
void AddProbe(Command group, Tool& tool);
void AddRaw(Command group, Tool& tool);
void AddShutdown(Command group, Tool& tool);
void AddStats(Command group, Tool& tool);
void AddTree(Command group, Tool& tool);
void AddUndrain(Command group, Tool& tool);
void AddWait(Command group, Tool& tool);

// pool
void AddPoolExplain(Command group, Tool& tool);
void AddPoolGet(Command group, Tool& tool);
void AddPoolLs(Command group, Tool& tool);
void AddPoolScale(Command group, Tool& tool);
void AddPoolSet(Command group, Tool& tool);
void AddPoolSuspendResume(Command group, Tool& tool);

// worker
void AddWorkerLs(Command group, Tool& tool);
void AddWorkerRestartStop(Command group, Tool& tool);

// req
void AddReqCancel(Command group, Tool& tool);
void AddReqGet(Command group, Tool& tool);
void AddReqLs(Command group, Tool& tool);
void AddReqSlow(Command group, Tool& tool);

// conn
void AddConnClose(Command group, Tool& tool);
void AddConnLs(Command group, Tool& tool);

// crash
void AddCrashGet(Command group, Tool& tool);
void AddCrashLs(Command group, Tool& tool);

// quarantine
void AddQuarantineLs(Command group, Tool& tool);
void AddQuarantineRelease(Command group, Tool& tool);

// config
void AddConfigApply(Command group, Tool& tool);
void AddConfigConfirm(Command group, Tool& tool);
void AddConfigDiff(Command group, Tool& tool);
void AddConfigEdit(Command group, Tool& tool);
void AddConfigGet(Command group, Tool& tool);
void AddConfigHistory(Command group, Tool& tool);
void AddConfigRollback(Command group, Tool& tool);

// log
void AddLogLevel(Command group, Tool& tool);
void AddLogReopen(Command group, Tool& tool);

}  // namespace troupe::admin::cli
