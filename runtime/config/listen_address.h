// Addresses as `http[].address` and `health.address` give them. Values only; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "runtime/http/address.h"

namespace troupe::config {

// What stands in place of an address where nothing is to listen.
inline constexpr std::string_view kOff = "off";

// An IP address with port, or the path of a Unix socket.
struct ListenAddress {
  bool is_unix = false;
  std::string path;
  http::IpAddress ip;
  uint16_t port = 0;
};

// "127.0.0.1:8080", "[::1]:8080", "unix:/run/troupe/http.sock". INVALID_ARGUMENT with what is wrong
// and what is allowed.
absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace troupe::config
