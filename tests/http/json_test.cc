#include "runtime/http/json.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace troupe::http {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(text, out);
  return out;
}

TEST(AppendJsonString, AppendsInQuotes) {
  std::string out = "[";
  AppendJsonString("a", out);
  EXPECT_EQ(out, "[\"a\"");
}

TEST(AppendJsonString, EscapesWhatJsonDemands_Rfc8259_7) {
  EXPECT_EQ(Quoted("\"\\\n\r\t"), R"("\"\\\n\r\t")");
  EXPECT_EQ(Quoted(std::string_view("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
}

TEST(AppendJsonString, KeepsUtf8) {
  for (const char* text :
       {"caf\xc3\xa9", "\xe2\x82\xac", "\xed\x9f\xbf", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(Quoted(text), "\"" + std::string(text) + "\"");
  }
}

TEST(AppendJsonString, ReplacesEachByteThatIsNotUtf8_Rfc3629) {
  const struct {
    const char* what;
    std::string_view text;
    int replaced;
  } cases[] = {
      {"a continuation alone", "\x80", 1},
      {"an overlong slash", "\xc0\xaf", 2},
      {"a cut off sequence", "\xe2\x82", 2},
      {"an overlong of three", "\xe0\x9f\xbf", 3},
      {"an overlong of four", "\xf0\x8f\xbf\xbf", 4},
      {"a surrogate", "\xed\xa0\x80", 3},
      {"beyond Unicode", "\xf4\x90\x80\x80", 4},
      {"no lead byte", "\xff", 1},
      {"a lead before ASCII", "\xc3", 1},
  };
  for (const auto& test : cases) {
    std::string expected = "\"";
    for (int i = 0; i < test.replaced; ++i) expected += "\\ufffd";
    EXPECT_EQ(Quoted(std::string(test.text) + "a"), expected + "a\"") << test.what;
  }
}

TEST(ToUtf8, ReplacesOnlyWhatIsNoUtf8) {
  EXPECT_EQ(ToUtf8("plain \"text\"\n"), "plain \"text\"\n");
  EXPECT_EQ(ToUtf8("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(ToUtf8("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace
}  // namespace troupe::http
