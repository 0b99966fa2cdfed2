#include "admin/cli/format.h"
#include "admin/cli/verbs/verbs.h"
#include "grpc/health/v1/health.pb.h"

namespace troupe::admin::cli {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

void Show(const HealthCheckResponse& response, Page& page) {
  page.Add(EnumText(response.status()),
           response.status() == HealthCheckResponse::SERVING ? Tone::kGood : Tone::kBad);
}

}  // namespace

void AddHealth(Command group, Tool& tool) {
  auto request = std::make_shared<HealthCheckRequest>();
  Command verb = group.Verb("health", "Whether requests are served; exit code 6 if not");
  verb.OptionalArgument("POOL", *request->mutable_service(), "By this pool; without: at all");
  verb.Run([&tool, request] {
    request->set_service(ShortName(request->service()));
    const auto response = tool.Call<HealthCheckResponse>("Health.Check", *request);
    tool.output().Print(response, Show);
    if (response.status() == HealthCheckResponse::SERVING) return;
    throw Failure(ExitCode::kNotServing,
                  "requests are not served; troupectl status and troupectl pool ls say why");
  });
}

}  // namespace troupe::admin::cli
