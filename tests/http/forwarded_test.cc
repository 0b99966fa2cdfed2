#include "runtime/http/forwarded.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace troupe::http {
namespace {

// Fields over text of their own, with what the parser would find out about them.
class OwnedFields {
 public:
  explicit OwnedFields(const std::vector<std::pair<KnownField, std::string>>& values) {
    for (const auto& [field, value] : values) text_ += value;
    uint32_t begin = 0;
    for (const auto& [field, value] : values) {
      fields_.Add({.name_begin = 0,
                   .value_begin = begin,
                   .name_size = 0,
                   .value_size = static_cast<uint16_t>(value.size()),
                   .known = field});
      begin += static_cast<uint32_t>(value.size());
    }
    fields_.SetBase(text_.data());
  }
  OwnedFields(const OwnedFields&) = delete;
  OwnedFields& operator=(const OwnedFields&) = delete;

  const Fields& get() const { return fields_; }

 private:
  std::string text_;
  Fields fields_;
};

constexpr KnownField kFor = KnownField::kXForwardedFor;
constexpr KnownField kProto = KnownField::kXForwardedProto;
constexpr KnownField kHost = KnownField::kXForwardedHost;
constexpr KnownField kForwarded = KnownField::kForwarded;

// "client scheme host" for a peer 10.0.0.1 where 10.0.0.0/8 and 2001:db8::/32 are trusted.
std::string OriginOf(const std::vector<std::pair<KnownField, std::string>>& values,
                     const char* peer = "10.0.0.1") {
  const std::vector<Cidr> trusted = {*Cidr::Parse("10.0.0.0/8"), *Cidr::Parse("2001:db8::/32")};
  const OwnedFields fields(values);
  const Origin origin = FindOrigin(fields.get(), *IpAddress::Parse(peer), trusted);
  return origin.client.ToString() + " " + std::string(origin.scheme) + " " +
         std::string(origin.host);
}

struct Case {
  const char* what;
  std::vector<std::pair<KnownField, std::string>> fields;
  const char* origin;
};

TEST(FindOrigin, IsThePeerWithoutFields) { EXPECT_EQ(OriginOf({}), "10.0.0.1  "); }

TEST(FindOrigin, BelievesNothingOfAPeerThatIsNotTrusted) {
  EXPECT_EQ(OriginOf({{kFor, "192.0.2.1"}, {kProto, "https"}, {kHost, "a.org"}}, "198.51.100.1"),
            "198.51.100.1  ");
  EXPECT_EQ(OriginOf({{kForwarded, "for=192.0.2.1;proto=https"}}, "198.51.100.1"),
            "198.51.100.1  ");
}

TEST(FindOrigin, WalksXForwardedForFromTheRight) {
  const Case cases[] = {
      {"one", {{kFor, "192.0.2.1"}}, "192.0.2.1  "},
      {"what the client made up stands left", {{kFor, "6.6.6.6, 192.0.2.1"}}, "192.0.2.1  "},
      {"through trusted ones", {{kFor, "192.0.2.1, 10.2.2.2,10.3.3.3"}}, "192.0.2.1  "},
      {"all trusted", {{kFor, "10.4.4.4, 10.2.2.2"}}, "10.4.4.4  "},
      {"several lines are one list",
       {{kFor, "6.6.6.6, 192.0.2.1"}, {kFor, "10.2.2.2"}},
       "192.0.2.1  "},
      {"IPv6", {{kFor, "2001:db9::7, 2001:db8::1"}}, "2001:db9::7  "},
      {"IPv6 in brackets", {{kFor, "[2001:db9::7]"}}, "2001:db9::7  "},
      {"with ports", {{kFor, "192.0.2.1:50, [2001:db8::1]:60, 10.1.1.1:70"}}, "192.0.2.1  "},
      {"mapped is trusted as IPv4", {{kFor, "192.0.2.1, ::ffff:10.2.2.2"}}, "192.0.2.1  "},
      {"empty elements", {{kFor, "192.0.2.1, , 10.2.2.2,"}}, "192.0.2.1  "},
      {"unknown ends the walk", {{kFor, "192.0.2.1, unknown, 10.2.2.2"}}, "10.2.2.2  "},
      {"garbage ends the walk", {{kFor, "192.0.2.1, [::1, 10.2.2.2"}}, "10.2.2.2  "},
      {"garbage behind a bracket", {{kFor, "[2001:db9::7]x"}}, "10.0.0.1  "},
      {"empty", {{kFor, ""}}, "10.0.0.1  "},
  };
  for (const Case& test : cases) EXPECT_EQ(OriginOf(test.fields), test.origin) << test.what;
}

TEST(FindOrigin, TakesSchemeAndHostFromTheirFields) {
  const Case cases[] = {
      {"both",
       {{kFor, "192.0.2.1"}, {kProto, "https"}, {kHost, "a.org:8443"}},
       "192.0.2.1 https a.org:8443"},
      {"the last value counts",
       {{kProto, "http, https"}, {kHost, "evil.org, a.org"}},
       "10.0.0.1 https a.org"},
      {"no other scheme", {{kProto, "javascript"}}, "10.0.0.1  "},
      {"no malformed host", {{kHost, "a.org/path"}}, "10.0.0.1  "},
  };
  for (const Case& test : cases) EXPECT_EQ(OriginOf(test.fields), test.origin) << test.what;
}

TEST(FindOrigin, ReadsForwarded_Rfc7239_4) {
  const Case cases[] = {
      {"all parameters",
       {{kForwarded, "for=192.0.2.1;proto=https;host=a.org;by=10.0.0.1"}},
       "192.0.2.1 https a.org"},
      {"names without case", {{kForwarded, "For=192.0.2.1;PROTO=http"}}, "192.0.2.1 http "},
      {"quoted",
       {{kForwarded, "for=\"[2001:db9::7]:4711\";host=\"a.org:80\""}},
       "2001:db9::7  a.org:80"},
      {"separators within quotes",
       {{kForwarded, "for=192.0.2.1;ext=\"a,b;c\\\",d\""}},
       "192.0.2.1  "},
      {"from the right",
       {{kForwarded, "for=6.6.6.6;proto=http, for=192.0.2.1;proto=https, for=10.2.2.2;proto=http"}},
       "192.0.2.1 https "},
      {"several lines",
       {{kForwarded, "for=192.0.2.1"}, {kForwarded, "for=10.2.2.2"}},
       "192.0.2.1  "},
      {"obfuscated", {{kForwarded, "for=192.0.2.1, for=_hidden, for=10.2.2.2"}}, "10.2.2.2  "},
      {"unknown", {{kForwarded, "for=unknown;proto=https"}}, "10.0.0.1 https "},
      {"without for", {{kForwarded, "proto=https"}}, "10.0.0.1 https "},
      {"a quote that never ends", {{kForwarded, "for=\"192.0.2.1"}}, "10.0.0.1  "},
      {"a backslash at the end", {{kForwarded, "for=\"192.0.2.1\\"}}, "10.0.0.1  "},
  };
  for (const Case& test : cases) EXPECT_EQ(OriginOf(test.fields), test.origin) << test.what;
}

TEST(FindOrigin, BelievesNeitherOfTwoThatDisagree) {
  const Case cases[] = {
      {"agreed",
       {{kFor, "192.0.2.1"}, {kProto, "https"}, {kForwarded, "for=192.0.2.1;proto=https"}},
       "192.0.2.1 https "},
      {"clients differ", {{kFor, "192.0.2.1"}, {kForwarded, "for=192.0.2.2"}}, "10.0.0.1  "},
      {"schemes differ",
       {{kFor, "192.0.2.1"}, {kForwarded, "for=192.0.2.1;proto=https"}},
       "10.0.0.1  "},
      {"a host slipped in", {{kHost, "evil.org"}, {kForwarded, "for=192.0.2.1"}}, "10.0.0.1  "},
  };
  for (const Case& test : cases) EXPECT_EQ(OriginOf(test.fields), test.origin) << test.what;
}

}  // namespace
}  // namespace troupe::http
