#include <string>

#include "admin/services.h"
#include "grpc/health/v1/health.pb.h"

namespace troupe::admin {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr absl::Duration kLook = absl::Milliseconds(100);

HealthCheckResponse::ServingStatus Serving(bool serving) {
  return serving ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

// Of the server as a whole, or of the pool of that name; one of its states matters here: whether
// new requests are taken.
HealthCheckResponse::ServingStatus StatusOf(const v1::StatsSnapshot& stats,
                                            const std::string& service) {
  if (service.empty()) return Serving(stats.phase() == v1::ServerStatus::SERVING);
  for (const v1::Pool& pool : stats.pools()) {
    if (pool.name() == "pools/" + service) return Serving(pool.state() == v1::Pool::RUNNING);
  }
  return HealthCheckResponse::SERVICE_UNKNOWN;
}

absl::StatusOr<HealthCheckResponse> Check(Sampler& sampler, const HealthCheckRequest& request) {
  HealthCheckResponse response;
  response.set_status(StatusOf(*sampler.Take(), request.service()));
  if (response.status() == HealthCheckResponse::SERVICE_UNKNOWN) {
    return absl::NotFoundError("There is no pool named " + request.service() + ".");
  }
  return response;
}

RpcService::Ticks<HealthCheckResponse> Watch(Sampler& sampler, const HealthCheckRequest& request) {
  return {kLook,
          [&sampler, service = request.service(), last = HealthCheckResponse::UNKNOWN](
              HealthCheckResponse& out) mutable -> absl::StatusOr<Look> {
            out.set_status(StatusOf(*sampler.Latest(), service));
            const bool same = out.status() == last;
            last = out.status();
            return same ? Look::kNothing : Look::kSend;
          }};
}

}  // namespace

MadeService MakeHealthService(const ServiceParts& parts) {
  auto service = std::make_unique<RpcService>("grpc.health.v1.Health", parts.gate, parts.threads);
  Sampler& sampler = parts.sampler;
  service->Unary<HealthCheckRequest, HealthCheckResponse>(
      "Check", [&sampler](const Caller&, const auto& request) { return Check(sampler, request); });
  service->Stream<HealthCheckRequest, HealthCheckResponse>(
      "Watch", [&sampler](const auto& request) { return Watch(sampler, request); });
  return service;
}

}  // namespace troupe::admin
