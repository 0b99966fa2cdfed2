#include "runtime/http/address.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace troupe::http {
namespace {

TEST(IpAddress, ParsesAndPrintsBothFamilies) {
  const struct {
    const char* text;
    const char* printed;
    bool v4;
  } cases[] = {
      {"192.0.2.1", "192.0.2.1", true},
      {"0.0.0.0", "0.0.0.0", true},
      {"255.255.255.255", "255.255.255.255", true},
      {"::", "::", false},
      {"::1", "::1", false},
      {"2001:DB8:0:0::1", "2001:db8::1", false},
      {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
      {"::ffff:192.0.2.1", "192.0.2.1", true},
      {"0000:0000:0000:0000:0000:ffff:255.255.255.255", "255.255.255.255", true},
      {"::ffff:c000:0201", "192.0.2.1", true},
  };
  for (const auto& test : cases) {
    const std::optional<IpAddress> address = IpAddress::Parse(test.text);
    ASSERT_TRUE(address.has_value()) << test.text;
    EXPECT_EQ(address->ToString(), test.printed);
    EXPECT_EQ(address->is_v4(), test.v4) << test.text;
  }
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const std::string& text :
       {std::string(), std::string("1.2.3"), std::string("1.2.3.4.5"), std::string("256.0.0.1"),
        std::string("1.2.3.04"), std::string("1.2.3.4 "), std::string(" 1.2.3.4"),
        std::string("1.2.3.4:80"), std::string("[::1]"), std::string("fe80::1%eth0"),
        std::string(":::"), std::string("g::"), std::string("localhost"), std::string("::1\0", 4),
        std::string(1000, '1')}) {
    EXPECT_FALSE(IpAddress::Parse(text).has_value()) << text;
  }
}

TEST(IpAddress, IsTheSameInItsMappedForm_Rfc4291_2_5_5_2) {
  EXPECT_EQ(IpAddress::Parse("::ffff:10.0.0.1"), IpAddress::Parse("10.0.0.1"));
  EXPECT_NE(IpAddress::Parse("::10.0.0.1"), IpAddress::Parse("10.0.0.1"));
}

TEST(IpAddress, IsMadeOfBytesInNetworkOrder) {
  EXPECT_EQ(IpAddress(IpAddress::V4Bytes{192, 0, 2, 1}).ToString(), "192.0.2.1");
  EXPECT_EQ(IpAddress(IpAddress::V6Bytes{0x20, 0x01, 0x0d, 0xb8}).ToString(), "2001:db8::");
  EXPECT_EQ(IpAddress().ToString(), "0.0.0.0");
}

TEST(Cidr, ContainsTheAddressesOfTheBlock) {
  const struct {
    const char* block;
    const char* address;
    bool contained;
  } cases[] = {
      {"10.0.0.0/8", "10.255.255.255", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"10.0.0.0/8", "::ffff:10.1.2.3", true},
      {"192.0.2.128/25", "192.0.2.128", true},
      {"192.0.2.128/25", "192.0.2.127", false},
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.2", false},
      {"192.0.2.1/32", "192.0.2.1", true},
      {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "::1", false},
      {"::/0", "2001:db8::1", true},
      {"::/0", "203.0.113.9", false},
      {"2001:db8::/32", "2001:db8:ffff::1", true},
      {"2001:db8::/32", "2001:db9::", false},
      {"2001:db8::8/125", "2001:db8::f", true},
      {"2001:db8::8/125", "2001:db8::10", false},
      {"::1", "::1", true},
      {"::1/128", "::2", false},
  };
  for (const auto& test : cases) {
    const absl::StatusOr<Cidr> block = Cidr::Parse(test.block);
    ASSERT_TRUE(block.ok()) << block.status();
    EXPECT_EQ(block->Contains(*IpAddress::Parse(test.address)), test.contained)
        << test.block << ' ' << test.address;
  }
}

TEST(Cidr, RefusesWhatIsNoBlockWithASentence) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                           "10.0.0.0/+8", "::/129", "10.0.0/8", "10.0.0.0/8/8", "all"}) {
    const absl::Status status = Cidr::Parse(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_NE(status.message().find("\"" + std::string(text) + "\""), absl::string_view::npos);
  }
}

TEST(Cidr, RefusesBitsBehindThePrefixAndSaysWhatWasMeant) {
  const absl::Status v4 = Cidr::Parse("10.1.2.3/8").status();
  EXPECT_NE(v4.message().find("write 10.0.0.0/8"), absl::string_view::npos) << v4;
  const absl::Status v6 = Cidr::Parse("2001:db8::1/32").status();
  EXPECT_NE(v6.message().find("write 2001:db8::/32"), absl::string_view::npos) << v6;
}

TEST(Cidr, PrintsWithItsPrefix) {
  for (const char* text : {"10.0.0.0/8", "192.0.2.1/32", "::/0", "2001:db8::/32"}) {
    EXPECT_EQ(Cidr::Parse(text)->ToString(), text);
  }
  EXPECT_EQ(Cidr::Parse("::1")->ToString(), "::1/128");
}

}  // namespace
}  // namespace troupe::http
