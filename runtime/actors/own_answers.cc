#include "runtime/actors/own_answers.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/http/response_writer.h"
#include "runtime/http/router.h"

namespace troupe {
namespace {

constexpr uint64_t kRetryAfterMin = 1;  // seconds
constexpr uint64_t kRetryAfterSpread = 3;

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

Response AnswerCause(telemetry::Cause cause, const Snapshot& snapshot, uint64_t jitter) {
  const telemetry::CauseInfo& info = telemetry::InfoOf(cause);
  std::string body =
      absl::StrCat(R"({"type":"about:blank#)", std::string(info.name), R"(","title":")",
                   std::string(http::ReasonPhrase(info.status)), R"(","status":)", info.status,
                   R"(,"detail":")", std::string(info.detail), "\"}\n");
  Response response = WithErrorPage(
      Response::Bytes(std::move(body), "application/problem+json", info.status), snapshot);
  if (info.outcome == telemetry::Outcome::kShed) {
    response.AddField("Retry-After", absl::StrCat(kRetryAfterMin + jitter % kRetryAfterSpread));
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
