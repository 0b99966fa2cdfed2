#include "admin/services.h"

namespace troupe::admin {

MadeService MakeLedgerService(const ServiceParts& parts) {
  auto service = std::make_unique<RpcService>("troupe.admin.v1.Ledger", parts.gate, parts.threads);
  service->Unary<v1::GetLedgerRequest, v1::LedgerSnapshot>(
      "GetLedger",
      [&control = parts.control](const Caller&, const auto&) { return control.Ledger(); });
  return service;
}

}  // namespace troupe::admin
