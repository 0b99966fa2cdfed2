// IP addresses and blocks of them, as values. An IPv4 address and its IPv4-mapped IPv6 form (RFC
// 4291 section 2.5.5.2) are the same address here, and it prints as IPv4. Any thread; nothing is
// allocated but what strings need.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace troupe::http {

class IpAddress {
 public:
  using V4Bytes = std::array<uint8_t, 4>;  // in network order
  using V6Bytes = std::array<uint8_t, 16>;

  // 0.0.0.0
  IpAddress() : IpAddress(V4Bytes{}) {}
  explicit IpAddress(const V4Bytes& bytes);
  explicit IpAddress(const V6Bytes& bytes) : bytes_(bytes) {}

  // "192.0.2.1" without leading zeros, or "2001:db8::1"; no brackets, no zone.
  static std::optional<IpAddress> Parse(std::string_view text);

  bool is_v4() const;
  const V6Bytes& bytes() const { return bytes_; }
  // In the form of RFC 5952.
  std::string ToString() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  V6Bytes bytes_;  // IPv4 as IPv4-mapped
};

// A block of addresses of one family, such as 10.0.0.0/8: ::/0 has no IPv4 address in it.
class Cidr {
 public:
  // "10.0.0.0/8", "2001:db8::/32", or an address alone for a block of one. INVALID_ARGUMENT with a
  // sentence for all else, also when bits behind the prefix are set.
  static absl::StatusOr<Cidr> Parse(std::string_view text);

  bool Contains(const IpAddress& address) const;
  std::string ToString() const;

  friend bool operator==(const Cidr&, const Cidr&) = default;

 private:
  Cidr(const IpAddress& network, int prefix_bits) : network_(network), prefix_bits_(prefix_bits) {}

  IpAddress network_;
  int prefix_bits_;  // of the 128 of IpAddress::bytes()
};

}  // namespace troupe::http
