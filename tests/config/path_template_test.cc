#include "runtime/config/path_template.h"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

using Encoding = PathTemplate::Encoding;

std::string Expanded(std::string_view text, std::string_view pattern,
                     const http::PathParams& params, Encoding encoding = Encoding::kNone) {
  const absl::StatusOr<PathTemplate> parsed = PathTemplate::Parse(text, pattern);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? parsed->Expand(params, encoding) : "";
}

TEST(PathTemplate, PutsInWhatTheVariablesMatched) {
  http::PathParams params;
  params.Add("b", "1");
  params.Add("*", "x/y");
  EXPECT_EQ(Expanded("/v2/{b}/{*}", "/a/{b}/*", params), "/v2/1/x/y");
  EXPECT_EQ(Expanded("/{b}{b}", "/a/{b}/*", params), "/11");
  EXPECT_EQ(Expanded("/plain", "/a/{b}/*", params), "/plain");
}

TEST(PathTemplate, EncodesWhatAUrlCannotHold_Rfc3986_2_1) {
  http::PathParams params;
  params.Add("*", "a b?c#d\\\xC3\xA4%/%2Fe:@!\r\n");
  EXPECT_EQ(Expanded("https://h/{*}", "/*", params, Encoding::kPercent),
            "https://h/a%20b%3Fc%23d%5C%C3%A4%25/%2Fe:@!%0D%0A");
}

TEST(PathTemplate, NeverLetsARequestNameAnotherHost) {
  http::PathParams params;
  params.Add("*", "/evil.example/");
  EXPECT_EQ(Expanded("/{*}", "/*", params, Encoding::kPercent), "/%2Fevil.example/");
}

TEST(PathTemplate, RefusesUnknownVariablesAndLooseBraces) {
  for (std::string_view text : {"/{c}", "/{*}", "/{", "/}", "/{b", "/b}", "/{}", "/{{b}}"}) {
    EXPECT_FALSE(PathTemplate::Parse(text, "/a/{b}").ok()) << text;
  }
}

}  // namespace
}  // namespace troupe::config
