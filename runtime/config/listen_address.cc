#include "runtime/config/listen_address.h"

#include <sys/un.h>

#include <optional>

#include "absl/status/status.h"
#include "runtime/config/text.h"
#include "runtime/config/values.h"

namespace troupe::config {
namespace {

constexpr uint64_t kPortMax = 65535;
constexpr size_t kUnixPathMax = sizeof(sockaddr_un::sun_path) - 1;

absl::StatusOr<ListenAddress> ParseUnix(std::string_view path) {
  if (path.empty() || path.size() > kUnixPathMax || Contains(path, std::string_view("\0", 1))) {
    return absl::InvalidArgumentError(Concat(Quoted(path),
                                             " cannot be the path of a Unix socket; allowed: 1 to ",
                                             kUnixPathMax, " bytes"));
  }
  ListenAddress address;
  address.is_unix = true;
  address.path = path;
  return address;
}

std::optional<ListenAddress> ParseIp(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool has_brackets = ConsumePrefix(host, "[") && ConsumeSuffix(host, "]");
  const std::optional<http::IpAddress> ip = http::IpAddress::Parse(host);
  const absl::StatusOr<uint64_t> port = ParseNumber(text.substr(colon + 1));
  if (!ip || Contains(host, ":") != has_brackets || !port.ok() || *port > kPortMax) {
    return std::nullopt;
  }
  ListenAddress address;
  address.ip = *ip;
  address.port = static_cast<uint16_t>(*port);
  return address;
}

}  // namespace

absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text) {
  std::string_view path = text;
  if (ConsumePrefix(path, "unix:")) return ParseUnix(path);
  if (std::optional<ListenAddress> address = ParseIp(text)) return *std::move(address);
  return absl::InvalidArgumentError(Concat(
      Quoted(text),
      " is not an address; allowed: IPV4:PORT, [IPV6]:PORT or unix:PATH, as 127.0.0.1:8080"));
}

}  // namespace troupe::config
