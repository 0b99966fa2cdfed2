// req, conn, crash, quarantine.
#include "tests/admin/cli/tool_test.h"

namespace troupe::admin::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

class RequestVerbs : public ToolTest {};

TEST_F(RequestVerbs, LsShowsWhatIsInFlight) {
  server_.Answer("ListRequests", R"(
      total_size: 1
      requests { name: "requests/281" method: "GET" target: "/slow" route: "/slow" phase: SERVING
                 worker: "pools/echo/workers/7" client: "192.0.2.7" age { seconds: 7 } })");
  const Result result = Run({"req", "ls", "--filter", "age > 5s", "--order", "age desc"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out,
            "REQUEST  PHASE      AGE  WORKER  CLIENT     ROUTE  LINE\n"
            "    281  SERVING  7.00s  echo/7  192.0.2.7  /slow  GET /slow\n");
  EXPECT_EQ(server_.Request("ListRequests"),
            R"(page_size: 100 filter: "age > 5s" order_by: "age desc")");
}

TEST_F(RequestVerbs, GetShowsPhasesAndRedactedFields) {
  server_.Answer("GetRequest", R"(
      name: "requests/281" method: "GET" target: "/a?b=[redacted]" phase: SERVING
      times { read { nanos: 1200000 } queue {} }
      fields { name: "cookie" value: "[redacted]" })");
  const Result result = Run("req get 281");
  EXPECT_EQ(server_.Request("GetRequest"), R"(name: "requests/281")");
  EXPECT_THAT(result.out, HasSubstr("read 1.20ms, queue 0s, service -, write -"));
  EXPECT_THAT(result.out, HasSubstr("cookie:  [redacted]"));
}

TEST_F(RequestVerbs, CancelEndsEachThatIsNamed) {
  server_.Answer("CancelRequest", R"(request { name: "requests/281" cancelled: true })");
  const Result result = Run("req cancel 281 282 --reason stuck");
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(server_.calls("CancelRequest"), 2);
  EXPECT_EQ(server_.Request("CancelRequest"), R"(name: "requests/282" reason: "stuck")");
}

TEST_F(RequestVerbs, CancelEndsAllThatMatch) {
  server_.Answer("CancelRequests", "cancelled_count: 3");
  const Result result = Run({"req", "cancel", "--filter", "age > 5s"});
  EXPECT_THAT(result.out, ContainsRegex("cancelled +3"));
  EXPECT_EQ(server_.Request("CancelRequests"), R"(filter: "age > 5s")");
  const Result dry = Run({"req", "cancel", "--filter", "age > 5s", "--dry-run"});
  EXPECT_EQ(dry.err, "none was cancelled: so many would be\n");
  EXPECT_THAT(server_.Request("CancelRequests"), HasSubstr("validate_only: true"));
}

TEST_F(RequestVerbs, CancelWantsToKnowWhich) {
  EXPECT_EQ(Run("req cancel").code, 2);
  EXPECT_EQ(Run("req cancel 281 --filter x").code, 2);
  EXPECT_EQ(Run("req cancel 281 --dry-run").code, 2);
  EXPECT_EQ(server_.calls("CancelRequest"), 0);
}

TEST_F(RequestVerbs, SlowShowsWhereTheTimeWent) {
  server_.Answer("ListSlowRequests", R"(
      requests { method: "GET" target: "/slow" age { seconds: 3 } outcome: "ANSWERED" status: 200
                 client: "192.0.2.7"
                 times { read { nanos: 4000000 } body { nanos: 3000000 } queue { nanos: 500000000 }
                         service { seconds: 2 } } })");
  const Result result = Run("req slow --limit 5");
  EXPECT_THAT(result.out, ContainsRegex("3.00s +4.00ms +3.00ms +500ms +2.00s +- +ANSWERED +200 +- "
                                        "+192.0.2.7 +GET /slow"));
  EXPECT_EQ(server_.Request("ListSlowRequests"), "page_size: 5");
}

TEST_F(RequestVerbs, ConnLsShowsBytes) {
  server_.Answer("ListConnections", R"(
      total_size: 1
      connections { name: "connections/9" client: "192.0.2.7" phase: IDLE age { seconds: 90 }
                    requests: 4 received_bytes: 2048 sent_bytes: 100 })");
  const Result result = Run("conn ls");
  EXPECT_THAT(result.out, ContainsRegex("9 +192.0.2.7 +IDLE +- +1m30s +4 +0 +2.0 KiB +100 B"));
}

TEST_F(RequestVerbs, ConnCloseSaysWhatItEnded) {
  server_.Answer("CloseConnection", R"(connection { name: "connections/9" in_flight: 2 })");
  const Result result = Run("conn close 9 --reason abuse");
  EXPECT_EQ(server_.Request("CloseConnection"), R"(name: "connections/9" reason: "abuse")");
  EXPECT_THAT(result.out, ContainsRegex("cancelled +2 requests"));
}

TEST_F(RequestVerbs, CrashLsShowsWhatKilled) {
  server_.Answer("ListCrashes", R"(
      total_size: 1
      crashes { name: "crashes/12" kind: EXCEPTION worker: "pools/echo/workers/7" method: "GET"
                target: "/x" decision: RESTART exception_text: "no such user" })");
  const Result result = Run("crash ls");
  EXPECT_THAT(result.out, ContainsRegex("12 .*EXCEPTION +echo/7 +RESTART +GET /x +no such user"));
}

TEST_F(RequestVerbs, CrashGetShowsRequestStackAndDecision) {
  server_.Answer("GetCrash", R"(
      name: "crashes/12" kind: EXCEPTION pool: "pools/echo" worker: "pools/echo/workers/7"
      exception_type: "std::out_of_range" exception_text: "map::at" request: "requests/5"
      method: "GET" target: "/x" stack: "Find" decision: RESTART backoff { nanos: 200000000 }
      decision_reason: "death 2 of 5 within 10s"
      last_requests { method: "GET" target: "/y" status: 200 })");
  const Result result = Run("crash get 12");
  EXPECT_EQ(server_.Request("GetCrash"), R"(name: "crashes/12")");
  EXPECT_THAT(result.out, HasSubstr("std::out_of_range: map::at"));
  EXPECT_THAT(result.out, HasSubstr("RESTART after 200ms: death 2 of 5 within 10s"));
  EXPECT_THAT(result.out, HasSubstr("stack\n  Find\n"));
  EXPECT_THAT(result.out, ContainsRegex("200 +- +GET /y"));
}

TEST_F(RequestVerbs, CrashGetShowsTheProcessThatASignalEnded) {
  server_.Answer("GetCrash", R"(
      name: "crashes/SIGNAL-1" kind: SIGNAL exception_type: "SIGSEGV" exception_text: "at 0x0"
      process { pid: 12 version: "1.2.3" revision: 4
                in_hand { worker: "pools/echo/workers/7" thread: "15" crashed: true stage: SERVING
                          age { nanos: 2000000 } method: "GET" target: "/x" }
                in_hand { worker: "pools/shop/workers/1" thread: "16" stage: STARTING } })");
  const Result result = Run("crash get SIGNAL-1");
  EXPECT_THAT(result.out, ContainsRegex("process +12, version 1.2.3, revision 4"));
  EXPECT_THAT(result.out, ContainsRegex("echo/7 +15, crashed +SERVING +2.0.*ms +GET /x"));
  EXPECT_THAT(result.out, ContainsRegex("shop/1 +16 +STARTING +- "));
}

TEST_F(RequestVerbs, QuarantineLsSaysWhetherItIsEnforced) {
  server_.Answer("ListQuarantine", R"(
      total_size: 2
      entries { name: "quarantine/3" pool: "pools/echo" method: "GET" route: "/x" enforced: true
                deaths: 3 shed: 40 crash: "crashes/12" }
      entries { name: "quarantine/4" pool: "pools/echo" method: "GET" route: "/y" })");
  const Result result = Run("quarantine ls");
  EXPECT_THAT(result.out, ContainsRegex("3 +echo +GET +/x +enforced +3 +40"));
  EXPECT_THAT(result.out, ContainsRegex("4 +echo +GET +/y +observed"));
}

TEST_F(RequestVerbs, QuarantineReleaseNamesTheEntry) {
  server_.Answer("ReleaseQuarantine",
                 R"(entry { name: "quarantine/3" method: "GET" route: "/x" })");
  const Result result = Run("quarantine release 3");
  EXPECT_EQ(server_.Request("ReleaseQuarantine"), R"(name: "quarantine/3")");
  EXPECT_THAT(result.out, ContainsRegex("requests +GET /x"));
}

}  // namespace
}  // namespace troupe::admin::cli
