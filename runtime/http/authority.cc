#include "runtime/http/authority.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "runtime/http/scan.h"

namespace troupe::http {
namespace {

// What stands behind the host: nothing, or a colon and a port, which may be empty (RFC 3986
// section 3.2.3).
bool IsPortPart(const char* p, const char* end) {
  constexpr int kSizeMax = 6;
  if (p == end) return true;
  if (*p != ':' || end - p > kSizeMax) return false;
  uint32_t port = 0;
  while (++p != end) {
    const uint32_t digit = static_cast<uint32_t>(*p) - '0';
    if (digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= 65535;
}

bool IsIpv6Address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.size() >= buffer.size() || text.find('\0') != text.npos) return false;
  std::copy(text.begin(), text.end(), buffer.begin());
  in6_addr address;
  return inet_pton(AF_INET6, buffer.data(), &address) == 1;
}

// Not inlined, so that the usual host does not pay for it.
[[gnu::noinline]] bool IsIpv6Authority(std::string_view text) {
  const size_t close = text.find(']');
  return close != text.npos && IsIpv6Address(text.substr(1, close - 1)) &&
         IsPortPart(text.data() + close + 1, text.data() + text.size());
}

}  // namespace

bool IsAuthority(std::string_view text) {
  if (text.starts_with('[')) return IsIpv6Authority(text);
  const char* p = text.data();
  const char* end = p + text.size();
  while (p != end && IsOfClass(*p, kHostByte)) ++p;
  return p != text.data() && IsPortPart(p, end);
}

}  // namespace troupe::http
