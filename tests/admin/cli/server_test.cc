// status, health, drain, undrain, shutdown, wait, log, ledger, stats, events, raw.
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/admin/cli/tool_test.h"

namespace troupe::admin::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kStatus[] = R"(
    version: "0.1.0" build: "g++ 12" pid: 42 host: "node" phase: SERVING revision: 7
    connections: 3 connections_max: 8000 in_flight: 1 processors: 2 descriptors_max: 10000
    listeners { address: "127.0.0.1:8080" purpose: "http" open: true }
    reactors { index: 0 responsive: true latency { nanos: 200000 } revision: 7 }
    reactors { index: 1 })";

class ServerVerbs : public ToolTest {};

TEST_F(ServerVerbs, StatusShowsListenersAndReactors) {
  server_.Answer("GetStatus", kStatus);
  const Result result = Run("status");
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, ContainsRegex("phase +SERVING"));
  EXPECT_THAT(result.out, ContainsRegex("connections +3 of 8000"));
  EXPECT_THAT(result.out, ContainsRegex("127.0.0.1:8080 +http +open +- +no"));
  EXPECT_THAT(result.out, ContainsRegex("1 +blocked"));
  EXPECT_THAT(result.err, IsEmpty());
}

TEST_F(ServerVerbs, StatusShowsWhatIsGivenUpForWantOfMemory) {
  server_.Answer("GetStatus", kStatus);
  EXPECT_THAT(Run("status").out, Not(HasSubstr("memory")));
  server_.Answer("GetStatus", std::string(kStatus) + R"(memory {
      level: SHED_LOW used_bytes: 96468992 limit_bytes: 104857600 })");
  EXPECT_THAT(Run("status").out, ContainsRegex("memory +SHED_LOW, 92.* MiB of 100.* MiB"));
}

TEST_F(ServerVerbs, StatusPassesOnWarnings) {
  server_.Answer("GetStatus", std::string(kStatus) +
                                  R"(warnings: "the file was changed" unresponsive: "reactor-1"
                                     log_lines_dropped: 2)");
  EXPECT_EQ(Run("status").err,
            "warning: the file was changed\n"
            "reactor-1 did not answer in time; what it would say is missing here\n"
            "the log has lost 2 lines: nobody reads standard error fast enough\n");
}

TEST_F(ServerVerbs, AloneItSuggestsThreeThings) {
  server_.Answer("GetStatus", kStatus);
  const Result result = Run("");
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("SERVING"));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 5) << result.err;
  EXPECT_THAT(result.err, HasSubstr("try\n  troupectl "));
}

TEST_F(ServerVerbs, AloneItSuggestsWhatHelpsNow) {
  server_.Answer("GetStatus", std::string(kStatus) +
                                  R"(pools_not_running { key: "pools/echo" value: "FAILED" }
                                     revision_unconfirmed: true)");
  const Result result = Run("");
  EXPECT_THAT(result.err, HasSubstr("troupectl pool get echo   why it is FAILED"));
  EXPECT_THAT(result.err, HasSubstr("troupectl crash ls"));
  EXPECT_THAT(result.err, HasSubstr("troupectl config confirm"));
}

TEST_F(ServerVerbs, HealthExitsWithSixWhenNotServing) {
  server_.Answer("Health.Check", "status: SERVING");
  const Result good = Run("health");
  EXPECT_EQ(good.code, 0);
  EXPECT_EQ(good.out, "SERVING\n");
  server_.Answer("Health.Check", "status: NOT_SERVING");
  const Result bad = Run("health pools/echo");
  EXPECT_EQ(bad.code, 6);
  EXPECT_EQ(bad.out, "NOT_SERVING\n");
  EXPECT_EQ(server_.Request("Health.Check"), R"(service: "echo")");
}

TEST_F(ServerVerbs, DrainReturnsAtOnce) {
  server_.Answer("Server.Drain", R"(step: DELAY waits_for: "the delay")");
  const Result result = Run("drain --delay 5s --grace 30s --reason upgrade");
  EXPECT_EQ(result.out, "DELAY, waits for the delay\n");
  EXPECT_EQ(server_.Request("Server.Drain"),
            R"(delay { seconds: 5 } timeout { seconds: 30 } reason: "upgrade")");
  EXPECT_EQ(server_.calls("WatchDrain"), 0);
}

TEST_F(ServerVerbs, DrainWaitsThroughEachStep) {
  server_.Answer("Server.Drain", "step: READING");
  server_.AnswerStream("WatchDrain",
                       {R"(step: FINISHING waits_for: "2 requests in flight")", "step: DONE"});
  const Result result = Run("drain --wait");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "FINISHING, waits for 2 requests in flight\nDONE\n");
}

TEST_F(ServerVerbs, DrainThatIsUndoneIsNoSuccess) {
  server_.Answer("Server.Drain", "step: DELAY");
  server_.AnswerStream("WatchDrain", {"step: DELAY", "step: NONE"});
  EXPECT_EQ(Run("drain --wait").code, 1);
}

TEST_F(ServerVerbs, DrainWaitsNoLongerThanTimeout) {
  server_.Answer("Server.Drain", "step: FINISHING");
  server_.AnswerStream("WatchDrain", {"step: FINISHING"}, /*stays_open=*/true);
  EXPECT_EQ(Run("drain --wait --timeout 100ms").code, 5);
}

TEST_F(ServerVerbs, ShutdownDrainsFirst) {
  server_.Answer("Server.Shutdown", "step: READING exits: true");
  server_.AnswerStream("WatchDrain", {"step: DONE exits: true"});
  const Result result = Run("shutdown --wait --reason bye");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(server_.Request("Server.Shutdown"), R"(reason: "bye")");
}

TEST_F(ServerVerbs, UndrainWaitsUntilItServes) {
  server_.Answer("Undrain", "step: NONE");
  server_.AnswerInTurn("Health.Check", {"status: NOT_SERVING", "status: SERVING"});
  const Result result = Run("undrain --wait --reason oops");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "NONE\n");
  EXPECT_EQ(server_.Request("Undrain"), R"(reason: "oops")");
  EXPECT_EQ(server_.calls("Health.Check"), 2);
}

TEST_F(ServerVerbs, WaitReturnsOnceTheConditionHolds) {
  server_.AnswerInTurn("Health.Check", {"status: NOT_SERVING", "status: SERVING"});
  EXPECT_EQ(Run("wait ready").code, 0);
  server_.AnswerInTurn("GetStatus", {"phase: DRAINING", "phase: DRAINED"});
  EXPECT_EQ(Run("wait drained").code, 0);
  server_.AnswerInTurn("GetPool", {"state: FAILED", "state: RUNNING"});
  EXPECT_EQ(Run("wait pool/echo RUNNING").code, 0);
  EXPECT_EQ(server_.Request("GetPool"), R"(name: "pools/echo")");
}

TEST_F(ServerVerbs, WaitSaysWhatWasThereInstead) {
  server_.Answer("GetPool", "state: FAILED");
  const Result result = Run("wait pool/echo RUNNING --timeout 150ms");
  EXPECT_EQ(result.code, 5);
  EXPECT_EQ(result.err, "troupectl: not RUNNING within 150ms, but: FAILED\n");
}

TEST_F(ServerVerbs, WaitWaitsForAServerThatIsNotThereYet) {
  const std::string socket = folder_ + "/late.sock";
  FakeServer late;
  late.Answer("Health.Check", "status: SERVING");
  Result result;
  std::thread waiting([&] { result = RunAlone({"wait", "ready", "--target", "unix:" + socket}); });
  late.Listen(socket);
  waiting.join();
  EXPECT_EQ(result.code, 0) << result.err;
}

TEST_F(ServerVerbs, WaitKnowsItsConditions) {
  EXPECT_EQ(Run("wait redy").code, 2);
  EXPECT_EQ(Run("wait pool/echo").code, 2);
  EXPECT_THAT(Run("wait pool/echo RUNING").err, HasSubstr("did you mean RUNNING?"));
}

TEST_F(ServerVerbs, LogLevelMayRevert) {
  server_.Answer("SetLogLevel", R"(
      level: INFO components { key: "pool echo" value: DEBUG }
      revert_time { seconds: 1700000000 })");
  const Result result = Run({"log", "level", "debug", "--component", "pool echo", "--for", "10m"});
  EXPECT_EQ(server_.Request("SetLogLevel"),
            R"(level: DEBUG component: "pool echo" revert_after { seconds: 600 })");
  EXPECT_THAT(result.out, ContainsRegex("pool echo +DEBUG"));
  EXPECT_EQ(result.err, "as before from 2023-11-14 22:13:20Z on\n");
}

TEST_F(ServerVerbs, LogLevelKnowsTheLevels) {
  EXPECT_EQ(Run("log level loud").code, 2);
  EXPECT_EQ(Run("log level reset").code, 2);
  server_.Answer("SetLogLevel", "level: INFO");
  EXPECT_EQ(Run("log level reset --component listener").code, 0);
  EXPECT_EQ(server_.Request("SetLogLevel"), R"(component: "listener")");
}

TEST_F(ServerVerbs, LogReopenNamesTheFiles) {
  server_.Answer("ReopenLogs", R"(files: "/var/log/troupe/access.log")");
  EXPECT_EQ(Run("log reopen").out, "/var/log/troupe/access.log\n");
}

TEST_F(ServerVerbs, LedgerHasNumbersThatAddUp) {
  server_.Answer("GetLedger", R"(
      accepted: 10 in_flight: 1 balanced: true outcomes { key: "SHED" value: 2 }
      outcomes { key: "ANSWERED" value: 7 }
      by_route { name: "/users/{id}" outcomes { key: "ANSWERED" value: 7 } })");
  const auto ledger = nlohmann::json::parse(Run("ledger -o json").out);
  int sum = ledger["in_flight"];
  for (const auto& [name, count] : ledger["outcomes"].items()) sum += count.get<int>();
  EXPECT_EQ(ledger["accepted"], sum);
  EXPECT_EQ(ledger["outcomes"]["SHED"], 2);
  const Result table = Run("ledger");
  EXPECT_THAT(table.out, ContainsRegex("/users/\\{id\\} +ANSWERED +7"));
  EXPECT_THAT(table.err, IsEmpty());
}

TEST_F(ServerVerbs, LedgerThatDoesNotBalanceIsSaid) {
  server_.Answer("GetLedger", "accepted: 10");
  EXPECT_THAT(Run("ledger").err, HasSubstr("defect"));
}

TEST_F(ServerVerbs, StatsShowRatesAndPools) {
  server_.Answer("GetStats", R"(
      phase: SERVING accepted_per_second: 12.34 outcomes_per_second { key: "SHED" value: 0.5 }
      resident_bytes: 10485760 pools { name: "pools/echo" state: RUNNING })");
  const Result result = Run("stats --fields pools,phase");
  EXPECT_THAT(result.out, ContainsRegex("accepted +12.3"));
  EXPECT_THAT(result.out, ContainsRegex("memory +10.0 MiB"));
  EXPECT_THAT(result.out, ContainsRegex("echo +RUNNING"));
  EXPECT_EQ(server_.Request("GetStats"), R"(read_mask { paths: "pools" paths: "phase" })");
}

TEST_F(ServerVerbs, StatsWatchedComeAsAStream) {
  server_.AnswerStream("WatchStats", {"revision: 1", "revision: 2"});
  const Result result = Run("stats --watch=500ms -o json");
  EXPECT_EQ(server_.Request("WatchStats"), "interval { nanos: 500000000 }");
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 2) << result.out;
  EXPECT_THAT(result.out, HasSubstr(R"("revision":2)"));
}

TEST_F(ServerVerbs, EventsEndWithThoseThatAreKept) {
  server_.AnswerStream("WatchEvents", {R"(
      sequence: 5 time { seconds: 1700000000 } kind: "worker-died" pool: "pools/echo"
      text: "It threw.")"},
                       /*stays_open=*/true);
  const Result result = Run("events");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "5 2023-11-14 22:13:20Z worker-died echo: It threw.\n");
  EXPECT_EQ(server_.Request("WatchEvents"), "start_sequence: 1");
}

TEST_F(ServerVerbs, EventsAreFollowedFromOneOn) {
  server_.AnswerStream("WatchEvents", {"sequence: 7", "sequence: 8"});
  const Result result = Run({"events", "-f", "--since", "7", "--filter", "kind = \"x\""});
  EXPECT_THAT(result.out, ContainsRegex("^7 .*\n8 "));
  EXPECT_EQ(server_.Request("WatchEvents"), R"(start_sequence: 7 filter: "kind = \"x\"")");
  Run("events -f --since now");
  EXPECT_THAT(server_.Request("WatchEvents"), IsEmpty());
  EXPECT_EQ(Run("events --since yesterday").code, 2);
}

TEST_F(ServerVerbs, RawCallsAnyMethod) {
  server_.Answer("GetPool", R"(name: "pools/echo" queue_max: 5)");
  const Result result = Run({"raw", "Pools/GetPool", "-d", R"({"name": "pools/echo"})"});
  EXPECT_EQ(server_.Request("GetPool"), R"(name: "pools/echo")");
  EXPECT_THAT(result.out, HasSubstr("\"queue_max\": 5"));
}

TEST_F(ServerVerbs, RawCallsStreamsToo) {
  server_.AnswerStream("WatchStats", {"revision: 1", "revision: 2"});
  EXPECT_THAT(Run("raw troupe.admin.v1.Stats.WatchStats").out, HasSubstr("\"revision\":2"));
}

TEST_F(ServerVerbs, RawListsMethodsAndSuggestsThem) {
  EXPECT_THAT(Run("raw").out, ContainsRegex("Stats.WatchEvents +WatchEventsRequest +stream of"));
  const Result wrong = Run("raw GetPol");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean GetPool?"));
  const Result data = Run({"raw", "GetPool", "-d", R"({"nam": 1})"});
  EXPECT_EQ(data.code, 2);
  EXPECT_THAT(data.err, HasSubstr("-d is no GetPoolRequest"));
}

}  // namespace
}  // namespace troupe::admin::cli
