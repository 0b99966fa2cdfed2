// The health listener beside a server in this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/health/health_board.h"
#include "admin/health/health_service.h"
#include "runtime/side_server.h"
#include "tests/server/harness.h"

namespace troupe::admin {
namespace {

using testing::HasSubstr;

class HealthListener {
 public:
  HealthListener() : server_(SideServer::Start("127.0.0.1:0", HealthEntry(board)).value()) {}

  Answer Get(std::string_view target) { return Ask(GetRequest(target)); }
  Answer Ask(std::string_view request, bool head_only = false) {
    Client client(server_->address());
    if (!client.Connect() || !client.Send(request)) return {};
    return client.Read(head_only);
  }
  bool Becomes(std::string_view target, int status) {
    return Eventually([&] { return Get(target).status == status; });
  }

  HealthBoard board;

 private:
  std::unique_ptr<SideServer> server_;
};

TEST(HealthListener, AnswersBeforeThereIsAServer) {
  HealthListener health;
  EXPECT_EQ(health.Get("/livez").status, 200);
  const Answer started = health.Get("/startupz");
  EXPECT_EQ(started.status, 503);
  EXPECT_EQ(started.Field("Content-Type"), "application/problem+json");
  EXPECT_THAT(started.body, HasSubstr("the server is starting"));
}

TEST(HealthListener, IsReadyWhileTheServerServesAndSaysSoInAWord) {
  RunningServer server;
  HealthListener health;
  health.board.Attach(server.server());
  for (const char* probe : {"/livez", "/readyz", "/startupz"}) {
    const Answer answer = health.Get(probe);
    EXPECT_EQ(answer.status, 200) << probe;
    EXPECT_EQ(answer.body, "ok\n") << probe;
  }
  health.board.Detach();
}

TEST(HealthListener, ListsTheChecksWhenAsked) {
  HealthListener health;
  EXPECT_EQ(health.Get("/livez?verbose").body, "[+] reactors: ok\n");
  const Answer answer = health.Get("/readyz?verbose=1");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("[-] started: the server is starting\n"));
}

TEST(HealthListener, AnswersHeadAndNothingElse) {
  HealthListener health;
  const Answer head = health.Ask("HEAD /livez HTTP/1.1\r\nHost: a\r\n\r\n", /*head_only=*/true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Field("Content-Length"), "3");
  EXPECT_EQ(health.Get("/").status, 404);
  EXPECT_EQ(health.Ask(PostRequest("/livez", "")).status, 405);
}

TEST(HealthListener, IsNotReadyWhileTheServerDrainsAndAfterItHasEnded) {
  HealthListener health;
  {
    RunningServer server({"drain.timeout=1m"});
    health.board.Attach(server.server());
    Client client = server.NewClient();
    ASSERT_TRUE(client.Send(GetRequest("/held")));
    ASSERT_TRUE(server.Begun(1));
    server.BeginDrain();
    EXPECT_TRUE(health.Becomes("/readyz", 503));
    EXPECT_EQ(health.Get("/livez").status, 200);
    server.stage().open = true;
    health.board.Detach();
  }
  EXPECT_THAT(health.Get("/readyz").body, HasSubstr("the server is draining"));
}

TEST(HealthListener, AnswersWhileEveryReactorHangsAndThenSaysThatTheProcessIsDead) {
  RunningServer server({"reactors.count=1", "reactors.stall_fatal=100ms"});
  HealthListener health;
  health.board.Attach(server.server());
  Client client = server.NewClient();
  ASSERT_TRUE(client.Send(GetRequest("/block")));
  ASSERT_TRUE(server.Begun(1));
  EXPECT_EQ(health.Get("/readyz").status, 200) << "overload is no reason not to be ready";
  EXPECT_TRUE(health.Becomes("/livez", 503));
  EXPECT_THAT(health.Get("/livez").body, HasSubstr("reactor 0 is blocked"));
  EXPECT_EQ(health.Get("/metrics").status, 200) << "without a count of its connections";
  server.stage().open = true;
  EXPECT_TRUE(health.Becomes("/livez", 200)) << "the reactor goes on";
  health.board.Detach();
}

TEST(HealthListener, CountsConnectionsByWhatTheyDo) {
  RunningServer server;
  HealthListener health;
  health.board.Attach(server.server());
  Client idle = server.NewClient();
  EXPECT_EQ(idle.Get("/now").status, 200);
  Client in_head = server.NewClient();
  ASSERT_TRUE(in_head.Send("GET /now HTTP/1.1\r\nHo"));
  Client in_body = server.NewClient();
  ASSERT_TRUE(in_body.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"));
  Client served = server.NewClient();
  ASSERT_TRUE(served.Send(GetRequest("/held")));
  for (const char* phase : {"IDLE", "HEAD", "BODY", "SERVING"}) {
    const std::string line = std::string("_by_phase{phase=\"") + phase + "\"} 1\n";
    EXPECT_TRUE(Eventually([&] {
      return health.Get("/metrics").body.find(line) != std::string::npos;
    })) << phase;
  }
  EXPECT_THAT(health.Get("/metrics").body, HasSubstr("_by_phase{phase=\"DRAINING\"} 0\n"));
  server.stage().open = true;
  health.board.Detach();
}

constexpr char kFragilePool[] = R"(
http: [{address: '127.0.0.1:0'}]
reactors: {count: 1}
drain: {read: 10ms, timeout: 500ms}
pools:
  - {name: test, service: test, restart: {restarts_max: 1, backoff_min: 1ms, backoff_max: 1h}}
routes:
  - {path: '/*', pool: test}
)";

// Kills the pool's worker, and the one that takes its place: one restart is what it may have.
void FailPool(RunningServer& server) {
  EXPECT_EQ(server.NewClient().Get("/die").status, 500);
  while (server.NewClient().Get("/die").status != 500) {  // until there is a worker again
  }
}

TEST(HealthListener, IsNotReadyWhileACriticalPoolHasFailed) {
  RunningServer server({"pools[0].critical=true"}, kFragilePool);
  HealthListener health;
  health.board.Attach(server.server());
  EXPECT_EQ(health.Get("/readyz").status, 200);
  FailPool(server);
  EXPECT_TRUE(health.Becomes("/readyz", 503));
  EXPECT_THAT(health.Get("/readyz").body, HasSubstr("critical pools fail: test"));
  EXPECT_EQ(health.Get("/livez").status, 200);
  health.board.Detach();
}

TEST(HealthListener, IsReadyWhenAPoolHasFailedThatIsNotCritical) {
  RunningServer server({}, kFragilePool);
  HealthListener health;
  health.board.Attach(server.server());
  FailPool(server);
  ASSERT_TRUE(Eventually([&] { return server.NewClient().Get("/now").status == 503; }));
  EXPECT_EQ(health.Get("/readyz").status, 200);
  health.board.Detach();
}

TEST(HealthListener, IsInNobodysLedger) {
  RunningServer server;
  HealthListener health;
  health.board.Attach(server.server());
  EXPECT_EQ(health.Get("/readyz").status, 200);
  EXPECT_EQ(server.Ledger().accepted, 0u);
  EXPECT_EQ(server.server().connections(), 0);
  health.board.Detach();
}

}  // namespace
}  // namespace troupe::admin
