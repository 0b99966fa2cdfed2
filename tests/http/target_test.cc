#include "runtime/http/target.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace troupe::http {
namespace {

std::string Normalized(std::string_view raw) {
  std::string scratch = "left over";
  return std::string(NormalizePath(raw, &scratch));
}

TEST(NormalizePath, ReturnsWhatNeedsNoChangeItself) {
  std::string scratch;
  for (std::string_view raw : {"/", "/a/b", "/a//b/", "//", "/a.b/..c/d..", "/a%2Fb", "*"}) {
    EXPECT_EQ(NormalizePath(raw, &scratch).data(), raw.data()) << raw;
  }
  EXPECT_TRUE(scratch.empty());
}

TEST(NormalizePath, DecodesPercentEncodings_Rfc3986_6_2_2_2) {
  EXPECT_EQ(Normalized("/%61%2D%7e"), "/a-~");
  EXPECT_EQ(Normalized("/a%20b%3Fc%23"), "/a b?c#");
  EXPECT_EQ(Normalized("/%C3%a4"), "/\xc3\xa4");
  EXPECT_EQ(Normalized("/100%25"), "/100%");
}

TEST(NormalizePath, DecodesOnce_Rfc3986_2_4) { EXPECT_EQ(Normalized("/%2561"), "/%61"); }

TEST(NormalizePath, KeepsEncodedSlashesInUpperCase_Rfc3986_6_2_2_1) {
  EXPECT_EQ(Normalized("/a%2fb%2Fc"), "/a%2Fb%2Fc");
  EXPECT_EQ(Normalized("/a/..%2fb"), "/a/..%2Fb");
}

TEST(NormalizePath, RemovesDotSegments_Rfc3986_5_2_4) {
  EXPECT_EQ(Normalized("/a/b/c/./../../g"), "/a/g");
  EXPECT_EQ(Normalized("/a/./b"), "/a/b");
  EXPECT_EQ(Normalized("/a/."), "/a/");
  EXPECT_EQ(Normalized("/a/b/.."), "/a/");
  EXPECT_EQ(Normalized("/a/../"), "/");
  EXPECT_EQ(Normalized("/."), "/");
}

TEST(NormalizePath, RemovesEncodedDotSegments_Rfc3986_6_2_2_3) {
  EXPECT_EQ(Normalized("/a/%2e%2E/b"), "/b");
  EXPECT_EQ(Normalized("/a/.%2e/b/%2e"), "/b/");
}

TEST(NormalizePath, NeverLeavesTheRoot_Rfc3986_5_2_4) {
  EXPECT_EQ(Normalized("/.."), "/");
  EXPECT_EQ(Normalized("/../../../etc/passwd"), "/etc/passwd");
  EXPECT_EQ(Normalized("/a/%2e%2e/%2e%2e/%2e%2e/b"), "/b");
}

TEST(NormalizePath, KeepsEmptySegments_Rfc3986_3_3) {
  EXPECT_EQ(Normalized("//a///./b"), "//a///b");
  EXPECT_EQ(Normalized("/a//../b"), "/a/b");
}

TEST(NormalizePath, KeepsSegmentsThatBeginWithDots_Rfc3986_3_3) {
  EXPECT_EQ(Normalized("/.well-known/a%20b"), "/.well-known/a b");
  EXPECT_EQ(Normalized("/.../..a"), "/.../..a");
}

TEST(DecodeQueryComponent, DecodesPercentEncodingsAndPlus) {
  std::string out = "left over";
  EXPECT_TRUE(DecodeQueryComponent("a+b%2Bc%0d%C3%A4", &out));
  EXPECT_EQ(out, "a b+c\r\xc3\xa4");
  EXPECT_TRUE(DecodeQueryComponent("", &out));
  EXPECT_EQ(out, "");
}

TEST(DecodeQueryComponent, RefusesMalformedPercentEncodings_Rfc3986_2_1) {
  std::string out;
  for (std::string_view raw : {"%", "a%4", "%g0", "%0g", "100%"}) {
    EXPECT_FALSE(DecodeQueryComponent(raw, &out)) << raw;
  }
}

TEST(FindQueryParam, FindsTheFirstOfAName) {
  std::string_view value;
  ASSERT_TRUE(FindQueryParam("a=1&b=2&b=3&c", "b", &value));
  EXPECT_EQ(value, "2");
  ASSERT_TRUE(FindQueryParam("a=1&b=x=y", "b", &value));
  EXPECT_EQ(value, "x=y");
}

TEST(FindQueryParam, FindsOneWithoutValue) {
  std::string_view value = "left over";
  ASSERT_TRUE(FindQueryParam("a&b=1", "a", &value));
  EXPECT_EQ(value, "");
  ASSERT_TRUE(FindQueryParam("b=1&a=", "a", &value));
  EXPECT_EQ(value, "");
}

TEST(FindQueryParam, TellsWhenThereIsNone) {
  std::string_view value;
  for (std::string_view query : {"", "aa=1", "b=a", "&&", "A=1"}) {
    EXPECT_FALSE(FindQueryParam(query, "a", &value)) << query;
  }
}

}  // namespace
}  // namespace troupe::http
