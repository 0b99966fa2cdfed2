// pool, worker, tree.
#include "tests/admin/cli/tool_test.h"

namespace troupe::admin::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class PoolVerbs : public ToolTest {
 protected:
  static constexpr char kEcho[] = R"(
      name: "pools/echo" service: "echo" placement: "DEDICATED" state: RUNNING
      workers_min: 1 workers_max: 4 workers_running: 3 workers_busy: 2 in_flight: 2
      in_flight_max: 1 queue_depth: 7 queue_max: 100 queue_timeout { seconds: 2 }
      queue_wait_p95 { nanos: 12300000 } service_time { nanos: 4000000 } busy_share: 0.66
      capacity: 3 capacity_per_second: 750 shed: 5 restarts: 1 deaths: 1 etag: "e7")";
};

TEST_F(PoolVerbs, LsShowsLoadAndWaitingTimes) {
  server_.Answer("ListPools", std::string("total_size: 1 pools {") + kEcho + "}");
  const Result result = Run("pool ls");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(
      result.out,
      "POOL  STATE    WORKERS  BUSY  IN FLIGHT     QUEUE  WAIT P95  SERVICE  SHED  RESTARTS\n"
      "echo  RUNNING        3   66%     2 of 3  7 of 100    12.3ms   4.00ms     5         1\n");
  EXPECT_THAT(result.err, IsEmpty());
}

TEST_F(PoolVerbs, LsAsksForFilterAndOrder) {
  server_.Answer("ListPools", "");
  EXPECT_EQ(Run({"pool", "ls", "--filter", "state = FAILED", "--order", "name desc"}).code, 0);
  EXPECT_EQ(server_.Request("ListPools"),
            R"(page_size: 100 filter: "state = FAILED" order_by: "name desc")");
}

TEST_F(PoolVerbs, LsFollowsPagesUpToTheLimit) {
  server_.AnswerInTurn("ListPools",
                       {R"(pools { name: "pools/a" } next_page_token: "2" total_size: 3)",
                        R"(pools { name: "pools/b" } next_page_token: "3" total_size: 3)"});
  const Result result = Run("pool ls --limit 2");
  EXPECT_THAT(result.out, testing::ContainsRegex("\na .*\nb "));
  EXPECT_EQ(server_.Request("ListPools"), R"(page_size: 1 page_token: "2")");
  EXPECT_EQ(result.err, "2 of 3 shown; --limit 0 shows all\n");
}

TEST_F(PoolVerbs, GetExplainsTheCapacity) {
  server_.Answer("GetPool", kEcho);
  const Result result = Run("pool get echo");
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out,
              testing::ContainsRegex("3 +at once: workers x in_flight_max, 750/s at the service"));
  EXPECT_EQ(server_.Request("GetPool"), R"(name: "pools/echo")");
}

TEST_F(PoolVerbs, GetTakesWholeNamesToo) {
  server_.Answer("GetPool", kEcho);
  Run("pool get pools/echo");
  EXPECT_EQ(server_.Request("GetPool"), R"(name: "pools/echo")");
}

TEST_F(PoolVerbs, APoolMayBeCalledAsAVerbIs) {
  server_.Answer("GetPool", kEcho);
  EXPECT_EQ(Run("pool get status").code, 0);
  EXPECT_EQ(server_.Request("GetPool"), R"(name: "pools/status")");
}

TEST_F(PoolVerbs, GetOfAPoolThatIsNotThereIsRefused) {
  server_.Refuse("GetPool", {grpc::StatusCode::NOT_FOUND, "There is no pool named nix."});
  const Result result = Run("pool get nix");
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.err, "troupectl: There is no pool named nix\n");
}

TEST_F(PoolVerbs, SetSendsTheFieldsNamedAndNoOthers) {
  server_.Answer("UpdatePool", std::string("revision: 8 pool {") + kEcho + "}");
  const Result result =
      Run("pool set echo queue_max=10 request_timeout=1m30s --etag e6 --reason burst");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(server_.Request("UpdatePool"),
            R"(pool { name: "pools/echo" queue_max: 10 request_timeout { seconds: 90 } )"
            R"(etag: "e6" } update_mask { paths: "queue_max" paths: "request_timeout" } )"
            R"(reason: "burst")");
  EXPECT_EQ(result.err, "revision 8 was made; config rollback takes it back\n");
}

TEST_F(PoolVerbs, SetWithAStaleEtagExitsWithFour) {
  server_.Refuse("UpdatePool", {grpc::StatusCode::ABORTED, "The pool has changed."});
  const Result result = Run("pool set echo queue_max=10 --etag old");
  EXPECT_EQ(result.code, 4);
  EXPECT_EQ(result.err, "troupectl: The pool has changed; read it again and repeat\n");
}

TEST_F(PoolVerbs, SetSuggestsTheFieldThatWasMeant) {
  const Result result = Run("pool set echo queue_mx=10");
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean queue_max?"));
}

TEST_F(PoolVerbs, SetRefusesValuesThatAreNone) {
  EXPECT_EQ(Run("pool set echo queue_max=many").code, 2);
  EXPECT_EQ(Run("pool set echo queue_timeout=5").code, 2);
  EXPECT_EQ(Run("pool set echo workers_max=3000000000").code, 2);
  EXPECT_EQ(Run("pool set echo queue_max").code, 2);
  EXPECT_EQ(server_.calls("UpdatePool"), 0);
}

TEST_F(PoolVerbs, ScaleSetsBothBounds) {
  server_.Answer("UpdatePool", std::string("pool {") + kEcho + "}");
  const Result result = Run("pool scale echo 2-8 --dry-run");
  EXPECT_EQ(server_.Request("UpdatePool"),
            R"(pool { name: "pools/echo" workers_min: 2 workers_max: 8 } update_mask { )"
            R"(paths: "workers_min" paths: "workers_max" } validate_only: true)");
  EXPECT_EQ(result.err, "nothing was changed: this is how it would be\n");
  Run("pool scale echo 4");
  EXPECT_THAT(server_.Request("UpdatePool"), HasSubstr("workers_min: 4 workers_max: 4"));
}

TEST_F(PoolVerbs, ScaleRefusesBoundsThatAreNone) {
  for (const char* bounds : {"8-2", "x", "2-", "99999999999"}) {
    EXPECT_EQ(Run({"pool", "scale", "echo", bounds}).code, 2) << bounds;
  }
}

TEST_F(PoolVerbs, SuspendAndResumeSayWhy) {
  server_.Answer("SuspendPool", R"(name: "pools/echo" state: SUSPENDED state_reason: "tests")");
  server_.Answer("ResumePool", R"(name: "pools/echo" state: RUNNING)");
  const Result suspended = Run("pool suspend echo --reason tests");
  EXPECT_EQ(suspended.code, 0);
  EXPECT_THAT(suspended.out, testing::ContainsRegex("state +SUSPENDED +tests"));
  EXPECT_EQ(server_.Request("SuspendPool"), R"(name: "pools/echo" reason: "tests")");
  EXPECT_THAT(Run("pool resume echo --etag e1").out, HasSubstr("RUNNING"));
  EXPECT_EQ(server_.Request("ResumePool"), R"(name: "pools/echo" etag: "e1")");
}

TEST_F(PoolVerbs, ExplainShowsWhatDecisionsWereMadeOf) {
  server_.Answer("ExplainPool", R"(
      summary: "3 workers: the queue was long"
      decisions { time { seconds: 1700000000 } from: 2 to: 3 reason: "wait above 50ms"
                  samples { queue_depth: 1 }
                  samples { queue_depth: 9 busy_share: 1 queue_wait_p95 { nanos: 120000000 } } })");
  const Result result = Run("pool explain echo --limit 5");
  EXPECT_THAT(result.out, HasSubstr("3 workers: the queue was long\n"));
  EXPECT_THAT(result.out, HasSubstr("2023-11-14 22:13:20Z  2 -> 3      120ms      9  100%  wait"));
  EXPECT_EQ(server_.Request("ExplainPool"), R"(name: "pools/echo" page_size: 5)");
}

TEST_F(PoolVerbs, WorkerLsShowsWhatEachDoes) {
  server_.Answer("ListWorkers", R"(
      total_size: 1 unresponsive: "reactor-1"
      workers { name: "pools/echo/workers/7" state: BUSY thread: "echo-2" in_flight: 1 served: 12
                activity: "GET /users/{id}" })");
  const Result result = Run("worker ls");
  EXPECT_EQ(server_.Request("ListWorkers"), R"(parent: "pools/-" page_size: 100)");
  EXPECT_THAT(result.out, testing::ContainsRegex("echo/7 +BUSY +echo-2 .*GET /users/\\{id\\}"));
  EXPECT_EQ(result.err, "reactor-1 did not answer in time; what it holds is missing here\n");
  Run("worker ls echo");
  EXPECT_EQ(server_.Request("ListWorkers"), R"(parent: "pools/echo" page_size: 100)");
}

TEST_F(PoolVerbs, WorkersAreNamedByPoolAndNumber) {
  server_.Answer("RestartWorker", R"(name: "pools/echo/workers/7" state: DRAINING)");
  server_.Answer("StopWorker", R"(name: "pools/echo/workers/7" state: DRAINING)");
  EXPECT_THAT(Run("worker restart echo/7 --reason leak").out, HasSubstr("DRAINING"));
  EXPECT_EQ(server_.Request("RestartWorker"), R"(name: "pools/echo/workers/7" reason: "leak")");
  EXPECT_EQ(Run("worker stop pools/echo/workers/7").code, 0);
  EXPECT_EQ(server_.Request("StopWorker"), R"(name: "pools/echo/workers/7")");
  EXPECT_EQ(Run("worker stop 7").code, 2);
}

TEST_F(PoolVerbs, TreeShowsWhatHangsWhere) {
  server_.Answer("GetTopology", R"(
      root { kind: "server" name: "trouped" state: "SERVING"
             children { kind: "pool" name: "pools/echo" state: "RUNNING" queue_depth: 2
                        children { kind: "worker" name: "pools/echo/workers/7" state: "BUSY" } }
             children { kind: "listener" name: "unix:/run/x/y" } })");
  const Result result = Run("tree");
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("|- pool echo"));
  EXPECT_THAT(result.out, HasSubstr("|  `- worker echo/7"));
  EXPECT_THAT(result.out, HasSubstr("`- listener unix:/run/x/y"));
  EXPECT_THAT(result.out, HasSubstr("2 queued"));
}

}  // namespace
}  // namespace troupe::admin::cli
