#include "runtime/telemetry/line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace troupe::telemetry {
namespace {

std::string Escaped(std::string_view text, LineFormat format) {
  std::string out;
  AppendEscaped(out, text, format);
  return out;
}

TEST(WriteEscaped, LeavesPrintableAsciiAsItIs) {
  const std::string_view text = "GET /a/b?c=d#e~ {}[]<>|^`";
  EXPECT_EQ(Escaped(text, LineFormat::kText), text);
  EXPECT_EQ(Escaped(text, LineFormat::kJson), text);
}

TEST(WriteEscaped, WritesControlBytesAndBytesAbove126AsHex) {
  const std::string_view text("\r\n\0\x1b\x7f\x80\xff", 7);
  EXPECT_EQ(Escaped(text, LineFormat::kText), R"(\x0D\x0A\x00\x1B\x7F\x80\xFF)");
  EXPECT_EQ(Escaped(text, LineFormat::kJson), R"(\u000D\u000A\u0000\u001B\u007F\u0080\u00FF)");
}

TEST(WriteEscaped, PutsABackslashBeforeQuotesAndBackslashes) {
  EXPECT_EQ(Escaped(R"(a"b\c)", LineFormat::kText), R"(a\"b\\c)");
  EXPECT_EQ(Escaped(R"(a"b\c)", LineFormat::kJson), R"(a\"b\\c)");
}

TEST(WriteEscaped, JsonParsesBackToEveryByteAtEveryPlaceOfALongText) {
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t place = 0; place < 17; ++place) {
      std::string text(17, 'a');
      text[place] = static_cast<char>(byte);
      const std::string quoted = "\"" + Escaped(text, LineFormat::kJson) + "\"";
      const std::string parsed = nlohmann::json::parse(quoted).get<std::string>();
      std::string expected = text;  // bytes above 127 stand for the code point of their number
      if (byte > 127) {
        expected.replace(
            place, 1, {static_cast<char>(0xc0 | byte >> 6), static_cast<char>(0x80 | (byte & 63))});
      }
      ASSERT_EQ(parsed, expected) << "byte " << byte << " at " << place;
    }
  }
}

TEST(AppendEscaped, KeepsWhatIsThere) {
  std::string line = "before ";
  AppendEscaped(line, "a\n", LineFormat::kText);
  EXPECT_EQ(line, "before a\\x0A");
}

}  // namespace
}  // namespace troupe::telemetry
