#include "runtime/actors/own_answers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/actors/pool.h"
#include "runtime/http/response_writer.h"
#include "runtime/http/router.h"
#include "runtime/policy/retry_after.h"

namespace troupe {
namespace {

int RetryAfter(const Exchange& exchange) {
  // Any number that differs from request to request will do.
  constexpr uint64_t kGoldenRatio = 0x9E3779B97F4A7C15;
  double random = static_cast<double>((exchange.data.id * kGoldenRatio) >> 11) * 0x1p-53;
  Nanos wait = exchange.route->pool->clearing_time();
  return policy::RetryAfterSeconds({}, std::max(wait, kNanosPerSecond), random);
}

// The limit that a shed request met, as one more member of the problem.
std::string LimitMember(telemetry::Cause cause, const Exchange& exchange) {
  const CompiledRoute* route = exchange.route;
  if (route == nullptr || route->pool == nullptr) return "";
  auto member = [&](std::string_view setting, const auto& value) {
    return absl::StrCat(R"(,"pool":")", route->pool->spec().name, R"(","limit":")",
                        std::string(setting), "=", value, "\"");
  };
  switch (cause) {
    case telemetry::Cause::kQueueFull:
      return member("queue_max", route->pool->queue_max());
    case telemetry::Cause::kQueueTimeout:
      return member("queue_timeout", absl::FormatDuration(absl::Nanoseconds(route->queue_timeout)));
    case telemetry::Cause::kRouteFull:
      return member("in_flight_max", route->in_flight_max);
    case telemetry::Cause::kRequestTimeout:
      return member("request_timeout",
                    absl::FormatDuration(absl::Nanoseconds(route->request_timeout)));
    default:
      return absl::StrCat(R"(,"pool":")", route->pool->spec().name, "\"");
  }
}

Response WithErrorPage(Response response, const Snapshot& snapshot) {
  auto page = snapshot.error_pages.find(response.status());
  if (page == snapshot.error_pages.end()) return response;
  return Response::Bytes(page->second.body, page->second.content_type, response.status());
}

// All but CONNECT, which is refused.
http::MethodSet KnownMethods() {
  http::MethodSet methods;
  for (int i = 0; i < http::kMethodCount; ++i) {
    auto method = static_cast<http::Method>(i);
    if (method != http::Method::kConnect) methods.Add(method);
  }
  return methods;
}

}  // namespace

Response AnswerRefusal(http::Refusal refusal, const Snapshot& snapshot) {
  Response response =
      WithErrorPage(Response::Bytes(http::RefusalBody(refusal), "application/problem+json",
                                    http::RefusalStatus(refusal)),
                    snapshot);
  if (refusal == http::Refusal::kConnectNotSupported) {
    response.AddField("Allow", http::AllowValue(KnownMethods()));
  }
  return response;
}

Response AnswerCause(telemetry::Cause cause, const Exchange& exchange) {
  const telemetry::CauseInfo& info = telemetry::InfoOf(cause);
  std::string body = absl::StrCat(
      R"({"type":"about:blank#)", std::string(info.name), R"(","title":")",
      std::string(http::ReasonPhrase(info.status)), R"(","status":)", info.status, R"(,"detail":")",
      std::string(info.detail), "\"", LimitMember(cause, exchange), "}\n");
  Response response =
      WithErrorPage(Response::Bytes(std::move(body), "application/problem+json", info.status),
                    *exchange.snapshot);
  if (info.outcome == telemetry::Outcome::kShed) {
    response.AddField("Retry-After", absl::StrCat(RetryAfter(exchange)));
  }
  return response;
}

Response AnswerMethodNotAllowed(http::MethodSet allowed, const Snapshot& snapshot) {
  Response response = AnswerRefusal(http::Refusal::kMethodNotAllowed, snapshot);
  response.AddField("Allow", http::AllowValue(allowed));
  return response;
}

Response AnswerServerOptions() {
  Response response(204);
  response.AddField("Allow", http::AllowValue(KnownMethods()));
  return response;
}

Response AnswerRedirect(const CompiledRoute& route, const http::PathParams& params,
                        std::string_view query) {
  std::string location = route.location->Expand(params, config::PathTemplate::Encoding::kPercent);
  if (!query.empty() && location.find('?') == std::string::npos) {
    location.append("?").append(query);
  }
  // A note for people whose client does not follow (RFC 9110 section 15.4).
  Response response = Response::Text("See " + location + "\n", route.redirect_status);
  response.AddField("Location", std::move(location));
  return response;
}

}  // namespace troupe
