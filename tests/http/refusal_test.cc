#include "runtime/http/refusal.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "tests/http/request_cases.h"

namespace troupe::http {
namespace {

std::vector<Refusal> AllRefusals() {
  std::vector<Refusal> all;
  for (int i = 1; i < kRefusalCount; ++i) all.push_back(static_cast<Refusal>(i));
  return all;
}

TEST(Refusal, HasAStatusOfRfc9110OrRfc6585) {
  const std::set<int> known = {400, 404, 405, 408, 413, 414, 417, 431, 501, 505};
  for (Refusal refusal : AllRefusals()) {
    EXPECT_TRUE(known.contains(RefusalStatus(refusal))) << RefusalName(refusal);
  }
}

TEST(Refusal, HasANameOfItsOwnInKebabCase) {
  const std::regex kebab_case("[a-z]+(-[a-z0-9]+)*");
  std::set<std::string_view> names;
  for (Refusal refusal : AllRefusals()) {
    const std::string_view name = RefusalName(refusal);
    EXPECT_TRUE(std::regex_match(name.begin(), name.end(), kebab_case)) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(Refusal, SaysInOneSentenceWhatWasWrong) {
  std::set<std::string_view> details;
  for (Refusal refusal : AllRefusals()) {
    const std::string_view detail = RefusalDetail(refusal);
    EXPECT_TRUE(detail.ends_with('.')) << detail;
    EXPECT_TRUE(details.insert(detail).second) << detail;
  }
}

TEST(Refusal, NamesItsSection) {
  const std::regex section("RFC [0-9]+ section [0-9]+(\\.[0-9]+)*");
  for (Refusal refusal : AllRefusals()) {
    const std::string_view text = RefusalSection(refusal);
    EXPECT_TRUE(std::regex_match(text.begin(), text.end(), section)) << text;
  }
}

TEST(Refusal, HasABodyOfProblemJson_Rfc9457_3_1) {
  for (Refusal refusal : AllRefusals()) {
    const auto body = nlohmann::json::parse(RefusalBody(refusal));
    EXPECT_EQ(body["type"], "about:blank#" + std::string(RefusalName(refusal)));
    EXPECT_EQ(body["status"], RefusalStatus(refusal));
    EXPECT_EQ(body["detail"], RefusalDetail(refusal));
    EXPECT_EQ(body["reference"], RefusalSection(refusal));
  }
  const auto body = nlohmann::json::parse(RefusalBody(Refusal::kConflictingFraming));
  EXPECT_EQ(body["title"], "Conflicting framing");
}

// Those behind are for the server to find; all others need a request that shows them.
TEST(Refusal, OfParserAndDecoderIsEachShownByARequest) {
  for (int i = 1; i < static_cast<int>(Refusal::kIncompleteRequest); ++i) {
    const std::string name(RefusalName(static_cast<Refusal>(i)));
    bool shown = false;
    for (const RequestCase& c : RequestCases()) shown |= c.want.ends_with(" " + name);
    EXPECT_TRUE(shown) << name;
  }
}

}  // namespace
}  // namespace troupe::http
