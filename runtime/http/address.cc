#include "runtime/http/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace troupe::http {
namespace {

constexpr int kMappedBits = 96;
constexpr IpAddress::V6Bytes kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBytes = kMappedBits / 8;

// inet_pton wants a terminated string.
template <class Bytes>
bool ParseAs(int family, std::string_view text, Bytes& bytes) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return false;
  std::copy(text.begin(), text.end(), terminated.begin());
  return inet_pton(family, terminated.data(), bytes.data()) == 1;
}

// The first `prefix_bits` bits of the address; the others are zero.
IpAddress Masked(const IpAddress& address, int prefix_bits) {
  IpAddress::V6Bytes bytes = address.bytes();
  for (int i = 0; i < static_cast<int>(bytes.size()); ++i) {
    const int kept_bits = std::clamp(prefix_bits - 8 * i, 0, 8);
    bytes[i] &= static_cast<uint8_t>(0xff00 >> kept_bits);
  }
  return IpAddress(bytes);
}

std::optional<int> ParsePrefix(std::string_view text, int max) {
  int bits = -1;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, bits);
  if (parsed.ec != std::errc() || parsed.ptr != end || bits < 0 || bits > max) return std::nullopt;
  return bits;
}

absl::Status CidrError(std::string_view text, std::string_view what) {
  std::string sentence = "\"";
  sentence.append(text).append("\" is no block of addresses: ").append(what).append(".");
  return absl::InvalidArgumentError(sentence);
}

}  // namespace

IpAddress::IpAddress(const V4Bytes& bytes) : bytes_(kMappedPrefix) {
  std::copy(bytes.begin(), bytes.end(), bytes_.begin() + kMappedBytes);
}

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  V4Bytes v4;
  if (ParseAs(AF_INET, text, v4)) return IpAddress(v4);
  V6Bytes v6;
  if (ParseAs(AF_INET6, text, v6)) return IpAddress(v6);
  return std::nullopt;
}

bool IpAddress::is_v4() const {
  return std::memcmp(bytes_.data(), kMappedPrefix.data(), kMappedBytes) == 0;
}

std::string IpAddress::ToString() const {
  std::array<char, INET6_ADDRSTRLEN> text;
  if (is_v4()) {
    inet_ntop(AF_INET, bytes_.data() + kMappedBytes, text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
  }
  return text.data();
}

absl::StatusOr<Cidr> Cidr::Parse(std::string_view text) {
  const size_t slash = std::min(text.find('/'), text.size());
  const std::optional<IpAddress> address = IpAddress::Parse(text.substr(0, slash));
  if (!address)
    return CidrError(text, "it begins with an address, as in 10.0.0.0/8 or 2001:db8::/32");
  const int family_bits = address->is_v4() ? 32 : 128;
  int bits = family_bits;
  if (slash < text.size()) {
    const std::optional<int> prefix = ParsePrefix(text.substr(slash + 1), family_bits);
    if (!prefix) {
      return CidrError(text,
                       "after the slash stands a number from 0 to " + std::to_string(family_bits));
    }
    bits = *prefix;
  }
  const int prefix_bits = bits + 128 - family_bits;
  const IpAddress network = Masked(*address, prefix_bits);
  if (network != *address) {
    return CidrError(
        text, "bits behind the prefix are set; write " + Cidr(network, prefix_bits).ToString());
  }
  return Cidr(network, prefix_bits);
}

bool Cidr::Contains(const IpAddress& address) const {
  return address.is_v4() == network_.is_v4() && Masked(address, prefix_bits_) == network_;
}

std::string Cidr::ToString() const {
  const int bits = network_.is_v4() ? prefix_bits_ - kMappedBits : prefix_bits_;
  return network_.ToString() + "/" + std::to_string(bits);
}

}  // namespace troupe::http
