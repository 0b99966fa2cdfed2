// The hosts of routes and of requests, made comparable. Values only; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace troupe::http {

inline constexpr size_t kHostSizeMax = 255;  // RFC 1035 section 2.3.4

// The host without port, without the dot of a fully qualified name and in lower case, in `buffer`;
// empty when it is too long.
std::string_view NormalizeHost(std::string_view host, std::array<char, kHostSizeMax>& buffer);

// INVALID_ARGUMENT with a sentence unless it is "api.example.org" or "*.example.org", without port.
absl::Status CheckRouteHost(std::string_view host);

}  // namespace troupe::http
