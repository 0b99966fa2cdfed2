// What of a request may be shown to people: everything but credentials and the values of its query.
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

namespace troupe::telemetry {

inline constexpr std::string_view kRedacted = "[redacted]";

// Whether a field carries credentials: Authorization, Proxy-Authorization, Cookie, Set-Cookie and
// X-Api-Key, in any case of letters.
bool IsCredential(std::string_view field_name);

// The target with each value of its query replaced: "/a?b=[redacted]&c".
std::string RedactTarget(std::string_view target);

}  // namespace troupe::telemetry
