#include "runtime/http/proxy_protocol.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace troupe::http {
namespace {

using State = ProxyHeader::State;

Endpoint EndpointOf(const char* address, uint16_t port) {
  return {*IpAddress::Parse(address), port};
}

// Feeds every prefix; only the whole may be done. What follows must not be consumed.
ProxyHeader ParseAtEveryByte(const std::string& bytes) {
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ParseProxyHeader(std::string_view(bytes).substr(0, size)).state, State::kNeedMore)
        << size;
  }
  const ProxyHeader header = ParseProxyHeader(bytes + "GET / HTTP/1.1\r\n");
  EXPECT_EQ(header.state, State::kDone);
  EXPECT_EQ(header.consumed, bytes.size());
  return header;
}

// A header of version 2 with the right length.
std::string V2(uint8_t version_and_command, uint8_t family, const std::string& payload) {
  std::string bytes("\r\n\r\n\0\r\nQUIT\n", 12);
  bytes += static_cast<char>(version_and_command);
  bytes += static_cast<char>(family);
  bytes += static_cast<char>(payload.size() >> 8);
  bytes += static_cast<char>(payload.size() & 0xff);
  return bytes + payload;
}

const std::string kV4Payload("\xc0\x00\x02\x01\xc6\x33\x64\x07\xdc\x04\x01\xbb", 12);

TEST(ProxyProtocol1, SaysWhoTheClientIs) {
  const ProxyHeader v4 = ParseAtEveryByte("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n");
  EXPECT_EQ(v4.source, EndpointOf("192.0.2.1", 56324));
  EXPECT_EQ(v4.destination, EndpointOf("198.51.100.7", 443));
  const ProxyHeader v6 = ParseAtEveryByte("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n");
  EXPECT_EQ(v6.source, EndpointOf("2001:db8::1", 0));
  EXPECT_EQ(v6.destination, EndpointOf("::1", 65535));
}

TEST(ProxyProtocol1, SaysNothingWhenUnknown) {
  for (const char* line : {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 whatever 1 2\r\n"}) {
    const ProxyHeader header = ParseAtEveryByte(line);
    EXPECT_FALSE(header.source.has_value());
    EXPECT_FALSE(header.destination.has_value());
  }
}

TEST(ProxyProtocol1, AcceptsTheLongestLine) {
  std::string line = "PROXY UNKNOWN ";
  line += std::string(107 - 2 - line.size(), 'x') + "\r\n";
  EXPECT_EQ(ParseProxyHeader(line).state, State::kDone);
  line.insert(line.size() - 2, "x");
  EXPECT_EQ(ParseProxyHeader(line).state, State::kMalformed);
  EXPECT_EQ(ParseProxyHeader(line.substr(0, 107)).state, State::kMalformed)
      << "without waiting for its end";
}

TEST(ProxyProtocol1, RefusesMalformedLines) {
  for (const char* line : {
           "PROXY \r\n",
           "PROXY TCP4\r\n",
           "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
           "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
           "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
           "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
           "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
           "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
           "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
           "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
           "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
           "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n",
           "PROXY TCP4 ::1 ::1 1 2\r\n",
           "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
           "PROXY TCP6 ::1 192.0.2.2 1 2\r\n",
       }) {
    EXPECT_EQ(ParseProxyHeader(line).state, State::kMalformed) << line;
  }
}

TEST(ProxyProtocol, IsNotMistakenForAnythingElse) {
  for (const char* bytes :
       {"G", "GET / HTTP/1.1\r\n", "PROXX", "proxy TCP4", "\r\n\r\nGET", "\r\n\r\n\r"}) {
    EXPECT_EQ(ParseProxyHeader(bytes).state, State::kMalformed) << bytes;
  }
}

TEST(ProxyProtocol2, SaysWhoTheClientIs) {
  const ProxyHeader v4 = ParseAtEveryByte(V2(0x21, 0x11, kV4Payload));
  EXPECT_EQ(v4.source, EndpointOf("192.0.2.1", 56324));
  EXPECT_EQ(v4.destination, EndpointOf("198.51.100.7", 443));
  const std::string v6_payload = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') +
                                 "\x01" + std::string(15, '\0') +
                                 std::string("\x02\x00\x50\x1f\x90", 5);
  const ProxyHeader v6 = ParseAtEveryByte(V2(0x21, 0x21, v6_payload));
  EXPECT_EQ(v6.source, EndpointOf("2001:db8::1", 80));
  EXPECT_EQ(v6.destination, EndpointOf("::2", 8080));
}

TEST(ProxyProtocol2, SkipsTypeLengthValueFields) {
  const std::string payload = kV4Payload + std::string("\x04\x00\x03xyz", 6);
  EXPECT_EQ(ParseAtEveryByte(V2(0x21, 0x11, payload)).source, EndpointOf("192.0.2.1", 56324));
}

TEST(ProxyProtocol2, SaysNothingWhenTheProxySpeaksForItself) {
  EXPECT_FALSE(ParseAtEveryByte(V2(0x20, 0x00, "")).source.has_value());
  EXPECT_FALSE(ParseAtEveryByte(V2(0x20, 0x11, kV4Payload)).source.has_value());
}

TEST(ProxyProtocol2, SaysNothingOfFamiliesWithoutTcpAddresses) {
  for (uint8_t family : {0x00, 0x12, 0x22, 0x31, 0x32}) {
    EXPECT_FALSE(ParseAtEveryByte(V2(0x21, family, std::string(216, 'x'))).source.has_value())
        << family;
  }
}

TEST(ProxyProtocol2, RefusesMalformedHeaders) {
  EXPECT_EQ(ParseProxyHeader(V2(0x11, 0x11, kV4Payload)).state, State::kMalformed) << "version";
  EXPECT_EQ(ParseProxyHeader(V2(0x22, 0x11, kV4Payload)).state, State::kMalformed) << "command";
  EXPECT_EQ(ParseProxyHeader(V2(0x21, 0x13, kV4Payload)).state, State::kMalformed) << "protocol";
  EXPECT_EQ(ParseProxyHeader(V2(0x21, 0x41, kV4Payload)).state, State::kMalformed) << "family";
  EXPECT_EQ(ParseProxyHeader(V2(0x21, 0x11, kV4Payload.substr(1))).state, State::kMalformed)
      << "short";
  EXPECT_EQ(ParseProxyHeader(V2(0x21, 0x21, std::string(35, 'x'))).state, State::kMalformed)
      << "short";
}

TEST(ProxyProtocol2, RefusesWhatIsTooLongBeforeItHasCome) {
  const std::string longest = V2(0x21, 0x11, std::string(kProxyHeaderSizeMax - 16, 'x'));
  EXPECT_EQ(ParseProxyHeader(longest.substr(0, 16)).state, State::kNeedMore);
  EXPECT_EQ(ParseProxyHeader(longest).state, State::kDone);
  const std::string longer = V2(0x21, 0x11, std::string(kProxyHeaderSizeMax - 15, 'x'));
  EXPECT_EQ(ParseProxyHeader(longer.substr(0, 16)).state, State::kMalformed);
}

}  // namespace
}  // namespace troupe::http
