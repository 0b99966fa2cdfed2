// config.
#include <cstdlib>
#include <fstream>

#include "tests/admin/cli/tool_test.h"

namespace troupe::admin::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kApplied[] = R"(
    revision { name: "revisions/8" number: 8 state: CURRENT }
    changes { path: "limits.fields_max" before: "100" after: "50" apply: "NEW_CONNECTIONS" }
    summary: "1 field for new connections")";

class ConfigVerbs : public ToolTest {
 protected:
  std::string Write(const std::string& name, const std::string& text) const {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  // An editor that replaces the text by `text`.
  void EditTo(const std::string& text) {
    SetEnvironment("VISUAL", "cp " + Write("edited", text));
    SetEnvironment("TMPDIR", folder_);
  }
};

TEST_F(ConfigVerbs, GetPrintsTheCanonicalForm) {
  server_.Answer("GetConfig", R"(yaml: "limits:\n  fields_max: 50\n")");
  const Result result = Run("config get 7");
  EXPECT_EQ(result.out, "limits:\n  fields_max: 50\n");
  EXPECT_EQ(server_.Request("GetConfig"), R"(name: "revisions/7")");
}

TEST_F(ConfigVerbs, GetShowsWhereValuesCameFrom) {
  server_.Answer("GetConfig", R"(
      settings { path: "limits.fields_max" value: "50" origin: "trouped.yaml:12"
                 apply: "NEW_CONNECTIONS" pinned: true })");
  const Result result = Run("config get --origins --all");
  EXPECT_THAT(result.out, ContainsRegex("limits.fields_max +50 +trouped.yaml:12 +NEW_.* +yes"));
  EXPECT_EQ(server_.Request("GetConfig"), "include_defaults: true");
}

TEST_F(ConfigVerbs, ApplySendsAWholeFile) {
  server_.Answer("ApplyConfig", kApplied);
  const std::string file = Write("new.yaml", "limits: {fields_max: 50}\n");
  const Result result = Run("config apply " + file + " --confirm 2m --etag e7 --reason test");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(server_.Request("ApplyConfig"),
            R"(yaml: "limits: {fields_max: 50}\n" etag: "e7" confirm_within { seconds: 120 } )"
            R"(reason: "test")");
  EXPECT_THAT(result.out, ContainsRegex("limits.fields_max +100 +50 +NEW_CONNECTIONS"));
  EXPECT_EQ(result.err, "1 field for new connections\nrevision 8 is in effect\n");
}

TEST_F(ConfigVerbs, ApplySetsSingleFields) {
  server_.Answer("ApplyConfig", kApplied);
  Run("config apply --set limits.fields_max=50 --set drain.delay=5s --dry-run");
  EXPECT_EQ(server_.Request("ApplyConfig"),
            R"(assignments: "limits.fields_max=50" assignments: "drain.delay=5s" )"
            R"(validate_only: true)");
}

TEST_F(ConfigVerbs, ApplySaysUntilWhenItMustBeConfirmed) {
  server_.Answer("ApplyConfig", R"(
      revision { number: 9 state: UNCONFIRMED confirm_deadline { seconds: 1700000000 } })");
  const Result result = Run("config apply --set drain.delay=5s --confirm 2s");
  EXPECT_THAT(result.err, HasSubstr("revision 9 is in effect until 2023-11-14 22:13:20Z; "
                                    "troupectl config confirm keeps it"));
}

TEST_F(ConfigVerbs, ApplyNeedsAFileOrFields) {
  EXPECT_EQ(Run("config apply").code, 2);
  EXPECT_EQ(Run("config apply x.yaml --set a=b").code, 2);
  const Result missing = Run("config apply " + folder_ + "/none.yaml");
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("does the file exist?"));
}

TEST_F(ConfigVerbs, EditAppliesWithTheEtagOfWhatWasEdited) {
  server_.Answer("GetConfig", R"(yaml: "a: 1\n" revision { etag: "e7" })");
  server_.Answer("ApplyConfig", kApplied);
  EditTo("limits: {fields_max: 50}\n");
  const Result result = Run("config edit --reason test");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(server_.calls("ApplyConfig"), 2);
  EXPECT_EQ(server_.Request("ApplyConfig"),
            R"(yaml: "limits: {fields_max: 50}\n" etag: "e7" reason: "test")");
}

TEST_F(ConfigVerbs, EditOfNothingAppliesNothing) {
  server_.Answer("GetConfig", R"(yaml: "a: 1\n" revision { etag: "e7" })");
  server_.Answer("ApplyConfig", "revision { number: 7 }");
  SetEnvironment("VISUAL", "true");
  const Result result = Run("config edit");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(server_.calls("ApplyConfig"), 1);
  EXPECT_THAT(server_.Request("ApplyConfig"), HasSubstr("validate_only: true"));
}

TEST_F(ConfigVerbs, EditKeepsATextThatIsRefused) {
  server_.Answer("GetConfig", R"(yaml: "a: 1\n" revision { etag: "e7" })");
  server_.Refuse("ApplyConfig", {grpc::StatusCode::ABORTED, "Revision 8 is in effect."});
  EditTo("mine\n");
  const Result result = Run("config edit");
  EXPECT_EQ(result.code, 4);
  EXPECT_THAT(result.err, ContainsRegex("your text is kept in .*/troupectl-.*\\.yaml"));
  int kept = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    if (file.path().extension() == ".yaml") ++kept;
  }
  EXPECT_EQ(kept, 1);
}

TEST_F(ConfigVerbs, DiffShowsBothSides) {
  server_.Answer("DiffRevisions", R"(
      changes { path: "drain.delay" after: "5s" apply: "LIVE" }
      changes { path: "http" before: "a" after: "b" refusal: "needs a restart" })");
  const Result result = Run("config diff 7 8");
  EXPECT_EQ(server_.Request("DiffRevisions"), R"(from: "revisions/7" to: "revisions/8")");
  EXPECT_THAT(result.out, ContainsRegex("drain.delay +- +5s +LIVE"));
  EXPECT_THAT(result.out, HasSubstr("refused: needs a restart"));
}

TEST_F(ConfigVerbs, DiffForHelmHoldsTheValuesThatDifferFromTheFile) {
  server_.Answer("ListRevisions", R"(revisions { name: "revisions/3" })");
  server_.Answer("DiffRevisions", R"(
      changes { path: "limits.fields_max" after: "50" }
      changes { path: "routes[1].path" after: "/b" }
      changes { path: "access_log.file" before: "x" })");
  server_.Answer("GetConfig", R"(
      yaml: "limits: {fields_max: 50, trailers_max: 3}\nroutes: [{path: /a}, {path: /b}]\n")");
  const Result result = Run("config diff --helm");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(server_.Request("ListRevisions"),
            R"(page_size: 1 filter: "source = START OR source = RELOAD")");
  EXPECT_EQ(server_.Request("DiffRevisions"), R"(from: "revisions/3")");
  EXPECT_EQ(result.out,
            "config:\n"
            "  limits:\n"
            "    fields_max: 50\n"
            "  routes:\n"
            "    - path: /a\n"
            "    - path: /b\n"
            "  access_log:\n"
            "    file: ~\n");
}

TEST_F(ConfigVerbs, DiffForHelmQuotesWhatYamlWouldNotTakeForText) {
  server_.Answer("ListRevisions", R"(revisions { name: "revisions/3" })");
  server_.Answer("DiffRevisions", R"(
      changes { path: "http[0].unix_mode" after: "0660" }
      changes { path: "health.address" after: "off" }
      changes { path: "timeouts.linger" after: "off" }
      changes { path: "limits.fields_max" after: "50" }
      changes { path: "limits.connections_max" after: "2000000" }
      changes { path: "pools[0].options.times" after: "2" })");
  server_.Answer("GetConfig", R"(
      yaml: "http: [{address: 'unix:/run/x', unix_mode: 0660, keep_alive: true}]\n"
            "health: {address: off}\n"
            "timeouts: {linger: off, head: 10s}\n"
            "limits: {fields_max: 50, connections_max: 2000000}\n"
            "pools: [{name: echo, placement: SHARED,\n"
            "         options: {times: 2, on: yes, at: 12:30:45}}]\n")");
  EXPECT_EQ(Run("config diff --helm").out,
            "config:\n"
            "  http:\n"
            "    - address: unix:/run/x\n"
            "      unix_mode: \"0660\"\n"
            "      keep_alive: true\n"
            "  health:\n"
            "    address: \"off\"\n"
            "  timeouts:\n"
            "    linger: \"off\"\n"
            "  limits:\n"
            "    fields_max: 50\n"
            "    connections_max: \"2000000\"\n"
            "  pools:\n"
            "    - name: echo\n"
            "      placement: SHARED\n"
            "      options:\n"
            "        times: \"2\"\n"
            "        \"on\": \"yes\"\n"
            "        at: \"12:30:45\"\n");
}

TEST_F(ConfigVerbs, HistoryShowsWhoAndWhy) {
  server_.Answer("ListRevisions", R"(
      total_size: 1
      revisions { number: 8 state: CURRENT source: APPLY author: "uid 0" reason: "burst"
                  changed_paths: "a" changed_paths: "b" changed_paths: "c" })");
  const Result result = Run({"config", "history", "--filter", "source = APPLY"});
  EXPECT_THAT(result.out, ContainsRegex("8 +CURRENT +APPLY .* uid 0 +a and 2 others +burst"));
  EXPECT_EQ(server_.Request("ListRevisions"), R"(page_size: 100 filter: "source = APPLY")");
}

TEST_F(ConfigVerbs, ConfirmKeepsTheRevisionThatWaits) {
  server_.Answer("ConfirmConfig", "number: 9 state: CURRENT");
  const Result result = Run("config confirm");
  EXPECT_THAT(result.out, ContainsRegex("state +CURRENT"));
  EXPECT_THAT(server_.Request("ConfirmConfig"), IsEmpty());
}

TEST_F(ConfigVerbs, RollbackNamesARevision) {
  server_.Answer("RollbackConfig", kApplied);
  const Result result = Run("config rollback 5 --reason worse");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(server_.Request("RollbackConfig"), R"(name: "revisions/5" reason: "worse")");
}

}  // namespace
}  // namespace troupe::admin::cli
