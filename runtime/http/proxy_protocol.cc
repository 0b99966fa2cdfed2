#include "runtime/http/proxy_protocol.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace troupe::http {
namespace {

constexpr std::string_view kV1Signature = "PROXY ";
constexpr size_t kV1SizeMax = 107;
constexpr std::string_view kV2Signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kV2FixedSize = 16;

ProxyHeader NeedMore() { return {.state = ProxyHeader::State::kNeedMore}; }
ProxyHeader Malformed() { return {.state = ProxyHeader::State::kMalformed}; }
ProxyHeader Done(size_t consumed) {
  return {.state = ProxyHeader::State::kDone, .consumed = consumed};
}

// Cuts off what stands before the next blank; the blank goes too.
std::string_view CutWord(std::string_view& line) {
  const size_t blank = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, blank);
  line.remove_prefix(std::min(blank + 1, line.size()));
  return word;
}

std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, port);
  const bool leading_zero = text.size() > 1 && text[0] == '0';
  if (parsed.ec != std::errc() || parsed.ptr != end || leading_zero) return std::nullopt;
  return port;
}

// "192.0.2.1 198.51.100.7 56324 443"
bool ParseV1Endpoints(std::string_view line, bool v6, ProxyHeader& header) {
  const std::string_view source = CutWord(line);
  const std::string_view destination = CutWord(line);
  if ((source.find(':') != source.npos) != v6 ||
      (destination.find(':') != destination.npos) != v6) {
    return false;
  }
  const std::optional<IpAddress> source_address = IpAddress::Parse(source);
  const std::optional<IpAddress> destination_address = IpAddress::Parse(destination);
  const std::optional<uint16_t> source_port = ParsePort(CutWord(line));
  const std::optional<uint16_t> destination_port = ParsePort(line);
  if (!source_address || !destination_address || !source_port || !destination_port) return false;
  header.source = {*source_address, *source_port};
  header.destination = {*destination_address, *destination_port};
  return true;
}

ProxyHeader ParseV1(std::string_view bytes) {
  const size_t line_feed = bytes.substr(0, kV1SizeMax).find('\n');
  if (line_feed == std::string_view::npos)
    return bytes.size() < kV1SizeMax ? NeedMore() : Malformed();
  std::string_view line = bytes.substr(0, line_feed);
  if (!line.ends_with('\r')) return Malformed();
  line.remove_suffix(1);
  line.remove_prefix(kV1Signature.size());
  ProxyHeader header = Done(line_feed + 1);
  const std::string_view family = CutWord(line);
  if (family == "UNKNOWN") return header;
  if (family != "TCP4" && family != "TCP6") return Malformed();
  return ParseV1Endpoints(line, family == "TCP6", header) ? header : Malformed();
}

// Reads what the binary header consists of, front to back.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  uint8_t Byte() { return Take<std::array<uint8_t, 1>>()[0]; }
  uint16_t Uint16() {
    const auto bytes = Take<std::array<uint8_t, 2>>();
    return static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
  }
  template <class Bytes>
  Bytes Take() {
    Bytes taken;
    std::memcpy(taken.data(), bytes_.data(), taken.size());
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

template <class Bytes>
bool ReadEndpoints(Reader& reader, ProxyHeader& header) {
  if (reader.left() < 2 * (sizeof(Bytes) + sizeof(uint16_t))) return false;
  header.source.emplace().address = IpAddress(reader.Take<Bytes>());
  header.destination.emplace().address = IpAddress(reader.Take<Bytes>());
  header.source->port = reader.Uint16();
  header.destination->port = reader.Uint16();
  return true;
}

// `payload` is what follows the 16 fixed bytes. Datagrams and Unix sockets have no address that
// counts here.
bool ReadV2Addresses(uint8_t family_and_protocol, std::string_view payload, ProxyHeader& header) {
  Reader reader(payload);
  switch (family_and_protocol) {
    case 0x11:  // TCP over IPv4
      return ReadEndpoints<IpAddress::V4Bytes>(reader, header);
    case 0x21:  // TCP over IPv6
      return ReadEndpoints<IpAddress::V6Bytes>(reader, header);
    case 0x00:  // unspecified
    case 0x12:  // UDP over IPv4
    case 0x22:  // UDP over IPv6
    case 0x31:  // Unix stream
    case 0x32:  // Unix datagram
      return true;
    default:
      return false;
  }
}

ProxyHeader ParseV2(std::string_view bytes) {
  if (bytes.size() < kV2FixedSize) return NeedMore();
  Reader reader(bytes.substr(kV2Signature.size()));
  const uint8_t version_and_command = reader.Byte();
  const uint8_t family_and_protocol = reader.Byte();
  const size_t size = kV2FixedSize + reader.Uint16();
  const bool local = version_and_command == 0x20;
  const bool proxied = version_and_command == 0x21;
  if ((!local && !proxied) || size > kProxyHeaderSizeMax) return Malformed();
  if (bytes.size() < size) return NeedMore();
  ProxyHeader header = Done(size);
  if (local) return header;
  const std::string_view payload = bytes.substr(kV2FixedSize, size - kV2FixedSize);
  return ReadV2Addresses(family_and_protocol, payload, header) ? header : Malformed();
}

bool BeginAlike(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  return a.substr(0, size) == b.substr(0, size);
}

}  // namespace

ProxyHeader ParseProxyHeader(std::string_view bytes) {
  if (bytes.starts_with(kV1Signature)) return ParseV1(bytes);
  if (bytes.starts_with(kV2Signature)) return ParseV2(bytes);
  return BeginAlike(bytes, kV1Signature) || BeginAlike(bytes, kV2Signature) ? NeedMore()
                                                                            : Malformed();
}

}  // namespace troupe::http
