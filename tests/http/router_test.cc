#include "runtime/http/router.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace troupe::http {
namespace {

MethodSet Methods(std::initializer_list<Method> methods) {
  MethodSet set;
  for (Method method : methods) set.Add(method);
  return set;
}

Router BuildOrDie(const std::vector<RouteSpec>& routes) {
  absl::StatusOr<Router> router = Router::Build(routes);
  EXPECT_TRUE(router.ok()) << router.status();
  return *std::move(router);
}

// Routes for any host and method; each answers its place in the list.
Router BuildPatterns(const std::vector<std::string>& patterns) {
  std::vector<RouteSpec> routes;
  for (const std::string& pattern : patterns) {
    routes.push_back({"", {}, pattern, static_cast<uint32_t>(routes.size())});
  }
  return BuildOrDie(routes);
}

// The pattern that answers `path`, or "" when none does.
std::string PatternOf(const std::vector<std::string>& patterns, std::string_view path) {
  PathParams params;
  const Router::Match match = BuildPatterns(patterns).Find("", Method::kGet, path, &params);
  return match.kind == Router::Kind::kFound ? patterns[match.value] : "";
}

TEST(Router, FindsNothingWhenItIsEmpty) {
  PathParams params;
  EXPECT_EQ(Router().Find("a", Method::kGet, "/", &params).kind, Router::Kind::kNotFound);
}

TEST(Router, MatchesPatterns) {
  const struct {
    const char* pattern;
    const char* path;
    bool matches;
  } cases[] = {
      {"/", "/", true},
      {"/", "//", false},
      {"/a", "/a", true},
      {"/a", "/A", false},
      {"/a", "/a/", false},
      {"/a/", "/a", false},
      {"/a/", "/a/", true},
      {"/a/b", "/a/b", true},
      {"/a//b", "/a//b", true},
      {"/a//b", "/a/b", false},
      {"/{x}", "/a", true},
      {"/{x}", "/", false},
      {"/{x}", "/a/", false},
      {"/{x}", "/a/b", false},
      {"/{x}/", "/a/", true},
      {"/a/{x}", "/a/b%2Fc", true},
      {"/a/{x}", "/a/", false},
      {"/a/{x}/c", "/a/b/c", true},
      {"/a/{x}/c", "/a/b/d", false},
      {"/a/{x}/c", "/a//c", false},
      {"/*", "/", true},
      {"/*", "/a", true},
      {"/*", "/a/b/", true},
      {"/a/*", "/a", false},
      {"/a/*", "/a/", true},
      {"/a/*", "/a/b/c", true},
      {"/a/*", "/ab", false},
      {"/a/{x}/*", "/a/b/", true},
      {"/a/{x}/*", "/a/b", false},
      {"/*", "*", false},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(!PatternOf({test.pattern}, test.path).empty(), test.matches)
        << test.pattern << " with " << test.path;
  }
}

TEST(Router, AnswersWhatVariablesMatched) {
  const Router router = BuildPatterns({"/users/{id}/files/*"});
  PathParams params;
  ASSERT_EQ(router.Find("", Method::kGet, "/users/7/files/a/b.txt", &params).kind,
            Router::Kind::kFound);
  EXPECT_EQ(params.size(), 2u);
  EXPECT_EQ(params.Get("id"), "7");
  EXPECT_EQ(params.Get("*"), "a/b.txt");
  EXPECT_EQ(params.Get("absent"), "");
}

TEST(Router, KeepsTheNamesOfEachPatternApart) {
  const Router router = BuildOrDie({{"", MethodSet(Method::kGet), "/{id}", 0},
                                    {"", MethodSet(Method::kPut), "/{name}", 1},
                                    {"", {}, "/{other}/x", 2}});
  PathParams params;
  ASSERT_EQ(router.Find("", Method::kGet, "/a", &params).value, 0u);
  EXPECT_EQ(params.Get("id"), "a");
  ASSERT_EQ(router.Find("", Method::kPut, "/b", &params).value, 1u);
  EXPECT_EQ(params.Get("name"), "b");
  EXPECT_EQ(params.Get("id"), "");
  ASSERT_EQ(router.Find("", Method::kGet, "/c/x", &params).value, 2u);
  EXPECT_EQ(params.Get("other"), "c");
}

TEST(Router, PrefersTheMostSpecificPattern) {
  const std::vector<std::string> patterns = {"/*",     "/{x}",     "/a",       "/a/*",
                                             "/a/{x}", "/a/{x}/c", "/{x}/b/c", "/a/b/*"};
  const struct {
    const char* path;
    const char* pattern;
  } cases[] = {
      {"/a", "/a"},           {"/b", "/{x}"},     {"/", "/*"},
      {"/a/x", "/a/{x}"},     {"/a/", "/a/*"},    {"/a/b/c", "/a/b/*"},
      {"/a/x/c", "/a/{x}/c"}, {"/a/x/d", "/a/*"}, {"/x/b/c", "/{x}/b/c"},
      {"/x/b/d", "/*"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(PatternOf(patterns, test.path), test.pattern) << test.path;
  }
}

TEST(Router, ForgetsTheVariablesOfWaysThatLedNowhere) {
  const Router router = BuildPatterns({"/{a}/{b}/end", "/{c}/*"});
  PathParams params;
  ASSERT_EQ(router.Find("", Method::kGet, "/1/2/3", &params).value, 1u);
  EXPECT_EQ(params.size(), 2u);
  EXPECT_EQ(params.Get("c"), "1");
  EXPECT_EQ(params.Get("*"), "2/3");
}

TEST(Router, AnswersMethodNotAllowedWithThoseThatAre_Rfc9110_15_5_6) {
  const Router router = BuildOrDie({{"", MethodSet(Method::kGet), "/a", 0},
                                    {"", Methods({Method::kPost, Method::kPut}), "/{x}", 1}});
  PathParams params;
  const Router::Match match = router.Find("", Method::kDelete, "/a", &params);
  EXPECT_EQ(match.kind, Router::Kind::kMethodNotAllowed);
  EXPECT_EQ(AllowValue(match.allowed), "GET, HEAD, POST, PUT");
  EXPECT_EQ(AllowValue(router.Find("", Method::kGet, "/b", &params).allowed), "POST, PUT");
}

TEST(Router, GivesWayToALessSpecificPatternThatHasTheMethod) {
  const Router router = BuildOrDie(
      {{"", MethodSet(Method::kGet), "/a", 0}, {"", MethodSet(Method::kPost), "/{x}", 1}});
  PathParams params;
  EXPECT_EQ(router.Find("", Method::kGet, "/a", &params).value, 0u);
  const Router::Match match = router.Find("", Method::kPost, "/a", &params);
  EXPECT_EQ(match.kind, Router::Kind::kFound);
  EXPECT_EQ(match.value, 1u);
}

TEST(Router, AnswersHeadByGetUnlessAnotherRouteNamesIt) {
  const Router router = BuildOrDie({{"", MethodSet(Method::kGet), "/a", 0},
                                    {"", MethodSet(Method::kGet), "/b", 1},
                                    {"", MethodSet(Method::kHead), "/b", 2}});
  PathParams params;
  EXPECT_EQ(router.Find("", Method::kHead, "/a", &params).value, 0u);
  EXPECT_EQ(router.Find("", Method::kHead, "/b", &params).value, 2u);
}

TEST(Router, AnswersTheMethodsThatNoOtherRouteNamesByTheOneForAll) {
  const Router router = BuildOrDie({{"", {}, "/a", 0}, {"", MethodSet(Method::kGet), "/a", 1}});
  PathParams params;
  EXPECT_EQ(router.Find("", Method::kGet, "/a", &params).value, 1u);
  EXPECT_EQ(router.Find("", Method::kHead, "/a", &params).value, 1u);
  EXPECT_EQ(router.Find("", Method::kPost, "/a", &params).value, 0u);
}

TEST(Router, MatchesHosts) {
  const Router router = BuildOrDie({{"", {}, "/", 0},
                                    {"api.example.org", {}, "/", 1},
                                    {"*.example.org", {}, "/", 2},
                                    {"*.deep.example.org", {}, "/", 3},
                                    {"[::1]", {}, "/", 4}});
  const struct {
    std::string host;
    uint32_t value;
  } cases[] = {
      {"", 0},
      {"other.org", 0},
      {"example.org", 0},
      {"api.example.org", 1},
      {"API.Example.ORG", 1},
      {"api.example.org:8080", 1},
      {"api.example.org.", 1},
      {"api.example.org.:80", 1},
      {"www.example.org", 2},
      {"a.b.example.org", 2},
      {"xexample.org", 0},
      {".example.org", 0},
      {"deep.example.org", 2},
      {"a.deep.example.org", 3},
      {"[::1]:80", 4},
      {"[::1]", 4},
      {"[::2]", 0},
      {std::string(300, 'a') + ".example.org", 0},
  };
  for (const auto& test : cases) {
    PathParams params;
    EXPECT_EQ(router.Find(test.host, Method::kGet, "/", &params).value, test.value) << test.host;
  }
}

TEST(Router, GivesWayToALessSpecificHostThatHasThePath) {
  const Router router = BuildOrDie({{"", {}, "/health", 0},
                                    {"a.org", MethodSet(Method::kGet), "/x", 1},
                                    {"", MethodSet(Method::kPost), "/x", 2}});
  PathParams params;
  EXPECT_EQ(router.Find("a.org", Method::kGet, "/health", &params).kind, Router::Kind::kFound);
  EXPECT_EQ(AllowValue(router.Find("a.org", Method::kPut, "/x", &params).allowed),
            "GET, HEAD, POST");
}

TEST(Router, RefusesMalformedPatternsWithASentenceThatNamesThem) {
  for (const char* pattern :
       {"", "a", "*", "/a/*/b", "/a*", "/{", "/}", "/{}", "/{a b}", "/{1}", "/a{b}", "/{a}b",
        "/{a}/{a}", "/{1a}", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}",
        "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/*"}) {
    const absl::Status status = Router::CheckPattern(pattern);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << pattern;
    EXPECT_NE(status.message().find("\"" + std::string(pattern) + "\""), absl::string_view::npos)
        << status;
    EXPECT_FALSE(Router::Build({{"", {}, pattern, 0}}).ok()) << pattern;
  }
}

TEST(Router, AcceptsAsManyVariablesAsPathParamsHold) {
  const Router router = BuildPatterns({"/{a}/{b}/{c}/{d}/{e}/{f}/{g}/*"});
  PathParams params;
  ASSERT_EQ(router.Find("", Method::kGet, "/1/2/3/4/5/6/7/8/9", &params).kind,
            Router::Kind::kFound);
  EXPECT_EQ(params.Get("g"), "7");
  EXPECT_EQ(params.Get("*"), "8/9");
}

TEST(Router, RefusesMalformedHosts) {
  for (const char* host :
       {"*", "*.", "a.*", "a:80", "a b", ".a", "a.", "http://a", "::1", "*.*.a", "a,b"}) {
    EXPECT_FALSE(Router::Build({{host, {}, "/", 0}}).ok()) << host;
  }
}

TEST(Router, RefusesTheSameRouteTwice) {
  const MethodSet get(Method::kGet);
  const struct {
    RouteSpec first, second;
    bool allowed;
  } cases[] = {
      {{"", get, "/a", 0}, {"", get, "/a", 1}, false},
      {{"", {}, "/a", 0}, {"", {}, "/a", 1}, false},
      {{"", get, "/{a}", 0}, {"", get, "/{b}", 1}, false},
      {{"a.org", get, "/a", 0}, {"A.org", get, "/a", 1}, false},
      {{"", get, "/a/*", 0}, {"", Methods({Method::kPost, Method::kGet}), "/a/*", 1}, false},
      {{"", get, "/a", 0}, {"", MethodSet(Method::kPost), "/a", 1}, true},
      {{"", get, "/a", 0}, {"a.org", get, "/a", 1}, true},
      {{"", get, "/a", 0}, {"", get, "/a/", 1}, true},
      {{"a.org", get, "/a", 0}, {"*.a.org", get, "/a", 1}, true},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(Router::Build({test.first, test.second}).ok(), test.allowed)
        << test.first.host << test.first.pattern << " and " << test.second.host
        << test.second.pattern;
  }
}

TEST(AllowValue, ListsMethods) {
  EXPECT_EQ(AllowValue({}), "");
  EXPECT_EQ(AllowValue(Methods({Method::kGet, Method::kDelete})), "GET, DELETE");
}

}  // namespace
}  // namespace troupe::http
