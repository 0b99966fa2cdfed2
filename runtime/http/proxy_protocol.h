// The header that a proxy in front sends before the first request of a connection to say who the
// client is: HAProxy's PROXY protocol, versions 1 (a line of text) and 2 (binary). Believe it only
// from trusted peers. A pure function; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/http/address.h"

namespace troupe::http {

struct Endpoint {
  IpAddress address;
  uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct ProxyHeader {
  enum class State : uint8_t { kNeedMore, kDone, kMalformed };

  State state = State::kNeedMore;
  size_t consumed = 0;  // of kDone: where the first request begins
  // Unset when the proxy speaks for itself (LOCAL, UNKNOWN, such as a health check) or of something
  // that has no IP address: the peer then is the client.
  std::optional<Endpoint> source = std::nullopt;
  std::optional<Endpoint> destination = std::nullopt;
};

// An upper bound of the size of a header: 16 fixed bytes of version 2, 216 of the longest
// addresses, and 4 KiB of type-length-value fields, which are skipped. Version 1 ends within 107
// bytes. What is longer is malformed.
inline constexpr size_t kProxyHeaderSizeMax = 16 + 216 + 4096;

// `bytes` is all that the connection has sent so far. A header that is wrong is found as early as
// the bytes allow.
ProxyHeader ParseProxyHeader(std::string_view bytes);

}  // namespace troupe::http
