#include "runtime/config/text.h"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

TEST(Utf8, AcceptsEverySequenceLength) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"));
}

TEST(Utf8, RefusesWhatNoEncoderWrites_Rfc3629) {
  for (std::string_view text : {
           "\x80",              // a continuation alone
           "\xC3",              // cut off
           "\xC0\xAF",          // overlong
           "\xE0\x80\xAF",      // overlong
           "\xF0\x80\x80\xAF",  // overlong
           "\xED\xA0\x80",      // a surrogate
           "\xF4\x90\x80\x80",  // beyond U+10FFFF
           "\xFF",
           "\xE2\x82z",
       }) {
    EXPECT_FALSE(IsUtf8(text)) << Quoted(text);
  }
}

TEST(Quoted, EscapesAndShortensWhatOthersWrote) {
  EXPECT_EQ(Quoted("a'b"), "'a\\'b'");
  EXPECT_EQ(Quoted("a\nb"), "'a\\nb'");
  EXPECT_EQ(Quoted("\xC3\xA4"), "'\xC3\xA4'");
  EXPECT_EQ(Quoted("\xFF"), "'\\xff'");
  EXPECT_EQ(Quoted(std::string(81, 'x')), "'" + std::string(80, 'x') + "...'");
}

TEST(Split, KeepsEmptyPieces) {
  EXPECT_EQ(Split("a,,b", ',').size(), 3);
  EXPECT_EQ(Split("", ',').size(), 1);
}

TEST(Strip, TakesBlanksOffBothSides) {
  EXPECT_EQ(Strip(" \ta b\r\n"), "a b");
  EXPECT_EQ(Strip(" \n"), "");
}

}  // namespace
}  // namespace troupe::config
