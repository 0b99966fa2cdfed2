#include "admin/health/health_service.h"

#include <memory>
#include <string>

#include "admin/health/metrics_text.h"
#include "runtime/process.h"

namespace troupe::admin {
namespace {

constexpr absl::Duration kCensusPatience = absl::Milliseconds(100);
constexpr absl::Duration kCensusLook = absl::Milliseconds(2);

Response Answer(const Request& request, const Checks& checks) {
  const int status = Pass(checks) ? 200 : 503;
  if (request.QueryParam("verbose")) return Response::Text(Listing(checks), status);
  return Pass(checks) ? Response::Text("ok\n") : Response::Problem(status, Failures(checks));
}

}  // namespace

void HealthService::Mount(Routes& routes) {
  routes.Get("/livez", this, &HealthService::Live);
  routes.Get("/readyz", this, &HealthService::Ready);
  routes.Get("/startupz", this, &HealthService::Started);
  routes.Get("/metrics", this, &HealthService::Metrics);
}

Response HealthService::Live(const Request& request) {
  return Answer(request, LivenessChecks(board_.State()));
}

Response HealthService::Ready(const Request& request) {
  return Answer(request, ReadinessChecks(board_.State()));
}

Response HealthService::Started(const Request& request) {
  return Answer(request, StartupChecks(board_.State()));
}

Task<Response> HealthService::Metrics(Context& context) {
  const uint64_t census = board_.BeginCensus();
  const absl::Time until = context.Now() + kCensusPatience;
  while (!board_.CensusIsDone(census) && context.Now() < until) {
    if (absl::Status slept = co_await context.Sleep(kCensusLook); !slept.ok()) co_return slept;
  }
  co_return Response::Bytes(MetricsText(board_.Stats(), ReadProcess()),
                            "text/plain; version=0.0.4; charset=utf-8");
}

ServiceEntry HealthEntry(const HealthBoard& board) {
  return {"health", "probes and metrics",
          [&board](ServiceOptions&) -> absl::StatusOr<std::unique_ptr<Service>> {
            return std::make_unique<HealthService>(board);
          }};
}

}  // namespace troupe::admin
