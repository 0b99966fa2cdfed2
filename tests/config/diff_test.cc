#include "runtime/config/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/config/loading.h"

namespace troupe::config {
namespace {

std::vector<std::string> Differences(const std::string& before, const std::string& after) {
  const auto a = LoadYaml(before);
  const auto b = LoadYaml(after);
  EXPECT_TRUE(a.ok() && b.ok()) << a.status() << b.status();
  std::vector<std::string> texts;
  for (const admin::v1::Change& change : Diff(a->config, b->config)) {
    texts.push_back(change.path() + ": " + change.before() + " -> " + change.after() + " (" +
                    change.apply() + ")");
  }
  return texts;
}

TEST(Diff, NamesEachFieldWithBothValuesAndWhenItTakesEffect) {
  EXPECT_THAT(Differences("limits: {fields_max: 5}\ndrain: {delay: 1s}\n",
                          "limits: {fields_max: 6}\ndrain: {delay: 2s}\n"),
              testing::ElementsAre("limits.fields_max: 5 -> 6 (NEW_CONNECTIONS)",
                                   "drain.delay: 1s -> 2s (LIVE)"));
}

TEST(Diff, OfEqualConfigurationsIsEmpty) {
  EXPECT_THAT(Differences("limits: {fields_max: 5}\n", "limits: {fields_max: 5}\n"),
              testing::IsEmpty());
}

TEST(Diff, ShowsListsOfValuesWhole) {
  EXPECT_THAT(
      Differences("trusted_proxies: [10.0.0.0/8]\n", "trusted_proxies: [10.0.0.0/8, ::1]\n"),
      testing::ElementsAre("trusted_proxies: [10.0.0.0/8] -> [10.0.0.0/8, ::1] (NEW_CONNECTIONS)"));
}

TEST(Diff, ANewElementIsAsHardToChangeAsItsList) {
  const auto changes =
      Differences("error_pages: []\n", "error_pages: [{statuses: [503], body: x}]\n");
  EXPECT_THAT(changes, testing::Contains("error_pages[0].body:  -> x (LIVE)"));
  for (const std::string& change :
       Differences("http: [{address: '127.0.0.1:80'}]\n",
                   "http: [{address: '127.0.0.1:80'}, {address: '127.0.0.1:81'}]\n")) {
    EXPECT_THAT(change, testing::HasSubstr("(RESTART)"));
  }
}

TEST(Values, SayHowEachCanChangeWhileItsListStaysAsItIs) {
  const auto loaded = LoadYaml("http: [{address: '127.0.0.1:80', keep_alive: false}]\n");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  std::map<std::string, std::string> apply;
  for (const admin::v1::Change& value : Values(loaded->config)) {
    apply[value.path()] = value.apply();
    EXPECT_EQ(value.before(), "") << value.path();
  }
  EXPECT_EQ(apply["http[0].keep_alive"], "NEW_CONNECTIONS");
  EXPECT_EQ(apply["http[0].address"], "RESTART");
  EXPECT_EQ(apply["pools[0].queue_max"], "LIVE");
  EXPECT_EQ(apply["pools[0].service"], "RESTART");
}

}  // namespace
}  // namespace troupe::config
