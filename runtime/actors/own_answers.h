// The answers the runtime gives itself: refusals, shed requests, failures, redirects. Values only;
// any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/actors/snapshot.h"
#include "runtime/http/refusal.h"
#include "runtime/http/response.h"
#include "runtime/telemetry/cause.h"

namespace troupe {

// application/problem+json that names the reason, or the configured error page of that status.
Response AnswerRefusal(http::Refusal refusal, const Snapshot& snapshot);

// The same for what became of a request, with the limit that it met. A shed request is told when to
// come again: Retry-After, when what waits in front of its pool will be gone, spread so that not
// all come back at once.
Response AnswerCause(telemetry::Cause cause, const Exchange& exchange);

// 405 with Allow (RFC 9110 section 15.5.6).
Response AnswerMethodNotAllowed(http::MethodSet allowed, const Snapshot& snapshot);

// OPTIONS * (RFC 9110 section 9.3.7).
Response AnswerServerOptions();

// The request's query is kept where the location has none of its own.
Response AnswerRedirect(const CompiledRoute& route, const http::PathParams& params,
                        std::string_view query);

}  // namespace troupe
