// How data looks: JSON and YAML for programs, tables that harm no terminal for people.
#include <nlohmann/json.hpp>

#include "admin/cli/format.h"
#include "admin/cli/page.h"
#include "admin/cli/tree.h"
#include "tests/admin/cli/tool_test.h"
#include "troupe/admin/v1/pools.pb.h"
#include "troupe/admin/v1/stats.pb.h"

namespace troupe::admin::cli {
namespace {

using testing::HasSubstr;

v1::Pool SomePool() {
  v1::Pool pool;
  pool.set_name("pools/on");
  pool.set_state(v1::Pool::FAILED);
  pool.set_served(int64_t{1} << 53);
  pool.mutable_queue_timeout()->set_nanos(100'000'000);
  pool.mutable_state_time()->set_seconds(1'700'000'000);
  return pool;
}

TEST(Tree, NumbersOfSixtyFourBitsAreNumbers) {
  const auto json = nlohmann::json::parse(ToJson(SomePool(), /*indented=*/true));
  EXPECT_EQ(json["served"], int64_t{1} << 53);
}

TEST(Tree, EnumsTimesAndDurationsAreText) {
  const auto json = nlohmann::json::parse(ToJson(SomePool(), /*indented=*/false));
  EXPECT_EQ(json["state"], "FAILED");
  EXPECT_EQ(json["queue_timeout"], "0.100s");
  EXPECT_EQ(json["state_time"], "2023-11-14T22:13:20Z");
}

TEST(Tree, FieldsWithoutAValueOfTheirOwnAreThereAndOthersAreNot) {
  const auto json = nlohmann::json::parse(ToJson(SomePool(), /*indented=*/false));
  EXPECT_EQ(json["shed"], 0);
  EXPECT_FALSE(json.contains("service_time"));
}

TEST(Tree, MapsAreInTheOrderOfTheirKeys) {
  v1::LedgerSnapshot ledger;
  for (const char* name : {"SHED", "ANSWERED", "FAILED"}) (*ledger.mutable_outcomes())[name] = 1;
  EXPECT_THAT(ToJson(ledger, /*indented=*/false),
              HasSubstr(R"({"ANSWERED":1,"FAILED":1,"SHED":1})"));
}

TEST(Tree, YamlQuotesTextAndNothingElse) {
  v1::LedgerSnapshot ledger;
  ledger.set_accepted(int64_t{1} << 53);
  ledger.add_by_pool()->set_name("on");
  EXPECT_EQ(ToYaml(ledger),
            "accepted: 9007199254740992\n"
            "in_flight: 0\n"
            "outcomes: {}\n"
            "balanced: false\n"
            "by_pool:\n"
            "  - name: \"on\"\n"
            "    outcomes: {}\n"
            "by_route: []\n"
            "by_cause: []");
}

TEST(Tree, TextThatIsNoUtf8IsReplaced) {
  v1::Pool pool;
  pool.set_state_reason("\xff");
  EXPECT_NO_THROW(nlohmann::json::parse(ToJson(pool, /*indented=*/false)));
}

TEST(Page, ColumnsOfNumbersAreAlignedToTheRight) {
  Table table({"NAME", "N"});
  table.Add({"a", "5"});
  table.Add({"bcdef", "1234"});
  Page page(/*colour=*/false);
  page.Add(table);
  EXPECT_EQ(page.text(), "NAME      N\na         5\nbcdef  1234\n");
}

TEST(Page, ControlBytesNeverReachATerminal) {
  Table table({"NAME"});
  table.Add({"\x1b[2J\n"});
  Page page(/*colour=*/false);
  page.Add(table);
  page.Add("\x1b]0;x\x07");
  EXPECT_EQ(page.text(), "NAME\n\\x1b[2J\\x0a\n\\x1b]0;x\\x07\n");
}

TEST(Page, LongCellsAreCutAtACharacter) {
  Table table({"NAME"});
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\xc3\xa9";
  table.Add({text});
  Page page(/*colour=*/false);
  page.Add(table);
  std::string shown = "NAME\n";
  for (int i = 0; i < 77; ++i) shown += "\xc3\xa9";
  EXPECT_EQ(page.text(), shown + "...\n");
}

TEST(Page, ColourIsForTerminalsOnly) {
  Table table;
  table.Add({StateCell("FAILED")});
  Page plain(/*colour=*/false);
  plain.Add(table);
  EXPECT_EQ(plain.text(), "FAILED\n");
  Page coloured(/*colour=*/true);
  coloured.Add(table);
  EXPECT_EQ(coloured.text(), "\x1b[31mFAILED\x1b[0m\n");
}

TEST(Format, DurationsHaveThreeDigits) {
  const auto text = [](int64_t seconds, int32_t nanos) {
    google::protobuf::Duration duration;
    duration.set_seconds(seconds);
    duration.set_nanos(nanos);
    return Text(duration);
  };
  EXPECT_EQ(text(0, 0), "0s");
  EXPECT_EQ(text(0, 850'000), "850us");
  EXPECT_EQ(text(0, 12'300'000), "12.3ms");
  EXPECT_EQ(text(9, 999'000'000), "10.0s");
  EXPECT_EQ(text(192, 0), "3m12s");
  EXPECT_EQ(text(11'520, 0), "3h12m");
  EXPECT_EQ(text(183'600, 0), "2d3h");
}

TEST(Format, NamesAreShortenedAndCompleted) {
  EXPECT_EQ(ShortName("pools/echo/workers/7"), "echo/7");
  EXPECT_EQ(ShortName("requests/281"), "281");
  EXPECT_EQ(ShortName("/users/{id}"), "/users/{id}");
  EXPECT_EQ(ShortName("unix:/run/x"), "unix:/run/x");
  EXPECT_EQ(ShortName("supervisor"), "supervisor");
  EXPECT_EQ(FullName("pools", "echo"), "pools/echo");
  EXPECT_EQ(WorkerName("echo/7"), "pools/echo/workers/7");
}

class Formats : public ToolTest {};

TEST_F(Formats, JsonHoldsTheWholeAnswer) {
  server_.Answer("ListPools", R"(pools { name: "pools/a" } total_size: 1)");
  const auto json = nlohmann::json::parse(Run("pool ls -o json").out);
  EXPECT_EQ(json["pools"][0]["name"], "pools/a");
  EXPECT_EQ(json["total_size"], 1);
}

TEST_F(Formats, StreamsAreALineOrADocumentEach) {
  server_.AnswerStream("WatchEvents", {"sequence: 1", "sequence: 2"});
  EXPECT_THAT(Run("events -o yaml").out,
              testing::MatchesRegex("---\nsequence: 1\n(.+\n)+---\nsequence: 2\n(.+\n)+"));
  const std::string lines = Run("events -o json").out;
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2);
}

}  // namespace
}  // namespace troupe::admin::cli
