// The service behind the health listener: GET /livez, /readyz, /startupz, /metrics. A probe that
// passes answers "ok"; one that fails 503 with the reason; with ?verbose either lists its checks.
// Made from what others have published, so a probe waits for nobody; metrics wait a moment for the
// reactors to count their connections, and then go without those that are late.
#pragma once

#include "admin/health/health_board.h"
#include "admin/health/probes.h"
#include "runtime/service.h"

namespace troupe::admin {

class HealthService final : public Service {
 public:
  explicit HealthService(const HealthBoard& board) : board_(board) {}

  void Mount(Routes& routes) override;

 private:
  Response Live(const Request& request);
  Response Ready(const Request& request);
  Response Started(const Request& request);
  Task<Response> Metrics(Context& context);

  const HealthBoard& board_;
};

// The entry `health`; the board outlives it.
ServiceEntry HealthEntry(const HealthBoard& board);

}  // namespace troupe::admin
