// The services of the admin API, each in a file of its own. Called once for each listener, before
// it starts; the services may be called on any thread.
#pragma once

#include <memory>

#include "admin/rpc_service.h"
#include "admin/sampler.h"
#include "runtime/control.h"

namespace troupe::admin {

// What services work with; all of it outlives them.
struct ServiceParts {
  Gate& gate;
  Threads& threads;
  Control& control;
  Sampler& sampler;
  LiveConfig& config;
  AuditLog& audit;
};

using MadeService = std::unique_ptr<RpcService>;

MadeService MakeServerService(const ServiceParts& parts);
MadeService MakePoolsService(const ServiceParts& parts);
MadeService MakeRequestsService(const ServiceParts& parts);
MadeService MakeConnectionsService(const ServiceParts& parts);
MadeService MakeLedgerService(const ServiceParts& parts);
MadeService MakeCrashesService(const ServiceParts& parts);
MadeService MakeConfigService(const ServiceParts& parts);
MadeService MakeStatsService(const ServiceParts& parts);
MadeService MakeHealthService(const ServiceParts& parts);

}  // namespace troupe::admin
