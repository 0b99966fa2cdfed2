// The host and port of a Host field or of an absolute target. Values only; any thread.
#pragma once

#include <string_view>

namespace troupe::http {

// True for uri-host [":" port] (RFC 9110 section 7.2) with a host that is not empty. Narrower than
// RFC 3986 where hosts of HTTP never go and readers differ: no comma, no percent-encoding, no
// IPvFuture, and a port is at most 65535.
bool IsAuthority(std::string_view text);

}  // namespace troupe::http
