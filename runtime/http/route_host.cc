#include "runtime/http/route_host.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "runtime/http/authority.h"

namespace troupe::http {

std::string_view NormalizeHost(std::string_view host, std::array<char, kHostSizeMax>& buffer) {
  const size_t bracket = host.rfind(']');
  const size_t port = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  host = host.substr(0, port);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() > buffer.size()) return {};
  std::transform(host.begin(), host.end(), buffer.begin(), absl::ascii_tolower);
  return {buffer.data(), host.size()};
}

absl::Status CheckRouteHost(std::string_view host) {
  std::array<char, kHostSizeMax> buffer;
  const std::string_view name = host.starts_with("*.") ? host.substr(2) : host;
  const bool literal = !name.starts_with('.') && name.find('*') == std::string_view::npos;
  if (literal && IsAuthority(name) && NormalizeHost(name, buffer).size() == name.size()) {
    return absl::OkStatus();
  }
  std::string sentence = "The route host \"";
  sentence.append(host).append(
      "\" is malformed; allowed are a name without port, as in api.example.org, and one that "
      "begins "
      "with \"*.\", as in *.example.org.");
  return absl::InvalidArgumentError(sentence);
}

}  // namespace troupe::http
