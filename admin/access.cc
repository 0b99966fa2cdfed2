#include "admin/access.h"

#include <algorithm>

namespace troupe::admin {
namespace {

using config::v1::Admin;

constexpr bool kReads = false;
constexpr bool kChanges = true;

}  // namespace

const std::vector<MethodRule>& MethodRules() {
  static const auto& rules = *new std::vector<MethodRule>{
      {"/grpc.health.v1.Health/Check", Admin::OBSERVER, kReads},
      {"/grpc.health.v1.Health/Watch", Admin::OBSERVER, kReads},

      {"/troupe.admin.v1.Server/GetStatus", Admin::OBSERVER, kReads},
      {"/troupe.admin.v1.Server/WatchDrain", Admin::OBSERVER, kReads},
      {"/troupe.admin.v1.Server/Drain", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Server/Undrain", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Server/Shutdown", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Server/ReopenLogs", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Server/SetLogLevel", Admin::OPERATOR, kChanges},

      {"/troupe.admin.v1.Pools/ListPools", Admin::OBSERVER, kReads},
      {"/troupe.admin.v1.Pools/GetPool", Admin::OBSERVER, kReads},
      {"/troupe.admin.v1.Pools/ExplainPool", Admin::OBSERVER, kReads},
      {"/troupe.admin.v1.Pools/ListWorkers", Admin::OBSERVER, kReads},
      {"/troupe.admin.v1.Pools/GetTopology", Admin::OBSERVER, kReads},
      {"/troupe.admin.v1.Pools/UpdatePool", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Pools/SuspendPool", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Pools/ResumePool", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Pools/RestartWorker", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Pools/StopWorker", Admin::OPERATOR, kChanges},

      {"/troupe.admin.v1.Requests/ListRequests", Admin::VIEWER, kReads},
      {"/troupe.admin.v1.Requests/GetRequest", Admin::VIEWER, kReads},
      {"/troupe.admin.v1.Requests/ListSlowRequests", Admin::VIEWER, kReads},
      {"/troupe.admin.v1.Requests/CancelRequest", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Requests/CancelRequests", Admin::OPERATOR, kChanges},

      {"/troupe.admin.v1.Connections/ListConnections", Admin::VIEWER, kReads},
      {"/troupe.admin.v1.Connections/CloseConnection", Admin::OPERATOR, kChanges},

      {"/troupe.admin.v1.Crashes/ListCrashes", Admin::VIEWER, kReads},
      {"/troupe.admin.v1.Crashes/GetCrash", Admin::VIEWER, kReads},
      {"/troupe.admin.v1.Crashes/ListQuarantine", Admin::VIEWER, kReads},
      {"/troupe.admin.v1.Crashes/ReleaseQuarantine", Admin::OPERATOR, kChanges},

      {"/troupe.admin.v1.Ledger/GetLedger", Admin::OBSERVER, kReads},

      {"/troupe.admin.v1.Config/GetConfig", Admin::VIEWER, kReads},
      {"/troupe.admin.v1.Config/ListRevisions", Admin::VIEWER, kReads},
      {"/troupe.admin.v1.Config/DiffRevisions", Admin::VIEWER, kReads},
      {"/troupe.admin.v1.Config/ApplyConfig", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Config/ConfirmConfig", Admin::OPERATOR, kChanges},
      {"/troupe.admin.v1.Config/RollbackConfig", Admin::OPERATOR, kChanges},

      {"/troupe.admin.v1.Stats/GetStats", Admin::OBSERVER, kReads},
      {"/troupe.admin.v1.Stats/WatchStats", Admin::OBSERVER, kReads},
      {"/troupe.admin.v1.Stats/WatchEvents", Admin::VIEWER, kReads},
  };
  return rules;
}

const MethodRule* RuleFor(std::string_view method) {
  const std::vector<MethodRule>& rules = MethodRules();
  auto at = std::find_if(rules.begin(), rules.end(),
                         [method](const MethodRule& rule) { return rule.method == method; });
  return at == rules.end() ? nullptr : &*at;
}

bool Allows(Role has, Role needs) { return has != Admin::ROLE_UNSPECIFIED && has >= needs; }

}  // namespace troupe::admin
