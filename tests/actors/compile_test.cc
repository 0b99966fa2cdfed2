#include "runtime/actors/compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "runtime/config/load.h"
#include "runtime/service.h"

namespace troupe {
namespace {

using http::Method;
using http::Router;
using testing::HasSubstr;

class Greeter final : public Service {
 public:
  void Mount(Routes& routes) override {
    routes.Get("/hello", this, &Greeter::Hello);
    routes.Get("/hello/{name}", this, &Greeter::Hello);
    routes.Post("/v2/*", this, &Greeter::Hello);
  }

 private:
  std::string Hello() { return "hello"; }
};

class Broken final : public Service {
 public:
  void Mount(Routes& routes) override { routes.Get("no slash", this, &Broken::Hello); }

 private:
  std::string Hello() { return "hello"; }
};

class CompileTest : public testing::Test {
 protected:
  // `after_check` runs when the configuration has been found good.
  void Compile(
      std::string_view yaml, absl::FunctionRef<void()> after_check = [] {}) {
    config::Inputs inputs;
    inputs.file = config::NamedText{"t.yaml", std::string(yaml)};
    auto loaded = config::Compose(inputs, "http: [{address: \"127.0.0.1:0\"}]\n",
                                  {.services = {"greeter", "broken"}, .check_options = nullptr});
    status = loaded.status();
    ASSERT_TRUE(status.ok()) << status;
    after_check();
    auto made = MakePools(loaded->config, services, /*reactors=*/2, /*cpus=*/3);
    status = made.status();
    if (!status.ok()) return;
    pools = *std::move(made);
    auto compiled = MakeSnapshot(loaded->config, pools);
    status = compiled.status();
    if (status.ok()) snapshot = *std::move(compiled);
  }
  std::string message() const { return std::string(status.message()); }
  const CompiledRoute& RouteOf(std::string_view path, Method method = Method::kGet,
                               std::string_view host = "") {
    Router::Match match = snapshot->router.Find(host, method, path, &params);
    EXPECT_EQ(match.kind, Router::Kind::kFound) << path;
    return snapshot->routes[match.value];
  }

  std::vector<ServiceEntry> services = {Provide<Greeter>("greeter"), Provide<Broken>("broken")};
  Pools pools;
  std::shared_ptr<const Snapshot> snapshot;
  absl::Status status;
  http::PathParams params;
};

constexpr std::string_view kPool = "pools: [{name: main, service: greeter}]\n";

std::string WithRoutes(std::string_view routes) {
  return std::string(kPool) + "routes:\n" + std::string(routes);
}

TEST_F(CompileTest, GivesEveryPlacementItsNumberOfWorkers) {
  struct Case {
    std::string_view settings;
    Placement placement;
    uint32_t min;
    uint32_t max;
  };
  for (const Case& each : {
           Case{"placement: REACTOR", Placement::kReactor, 2, 2},
           Case{"placement: REACTOR, workers: {min: 1}", Placement::kReactor, 2, 2},
           Case{"placement: REACTOR, workers: {min: 3}", Placement::kReactor, 4, 4},
           Case{"placement: SHARED", Placement::kShared, 3, 3},
           Case{"placement: SHARED, workers: {min: 5}", Placement::kShared, 5, 5},
           Case{"placement: DEDICATED", Placement::kDedicated, 1, 12},
           Case{"placement: DEDICATED, workers: {min: 20}", Placement::kDedicated, 20, 20},
           Case{"placement: DEDICATED, workers: {min: 2, max: 5}", Placement::kDedicated, 2, 5},
       }) {
    Compile("pools: [{name: main, service: greeter, " + std::string(each.settings) + "}]\n" +
            "routes: [{path: /*, pool: main}]\n");
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(pools.size(), 1u);
    EXPECT_EQ(pools[0]->spec().placement, each.placement) << each.settings;
    EXPECT_EQ(pools[0]->spec().policy.workers_min, each.min) << each.settings;
    EXPECT_EQ(pools[0]->spec().policy.workers_max, each.max) << each.settings;
  }
}

TEST_F(CompileTest, TakesTheSettingsOfAPool) {
  Compile(R"(
pools:
  - name: main
    service: greeter
    placement: SHARED
    in_flight_max: 7
    queue_max: 8
    queue_timeout: 1500ms
    request_timeout: 2s
    restart: {backoff_min: 10ms, backoff_max: 1s}
routes: [{path: /*, pool: main}]
)");
  ASSERT_TRUE(status.ok()) << status;
  const PoolSpec& spec = pools[0]->spec();
  EXPECT_EQ(spec.name, "main");
  EXPECT_EQ(spec.service, "greeter");
  EXPECT_EQ(spec.policy.in_flight_max, 7u);
  EXPECT_EQ(spec.policy.queue_max, 8u);
  EXPECT_EQ(RouteOf("/x").queue_timeout, 1500 * kNanosPerMilli);
  EXPECT_EQ(RouteOf("/x").request_timeout, 2 * kNanosPerSecond);
  EXPECT_EQ(spec.policy.restart.backoff_min, 10 * kNanosPerMilli);
  EXPECT_EQ(spec.policy.restart.backoff_max, kNanosPerSecond);
}

TEST_F(CompileTest, NamesThePoolWhoseServiceHasABadRoute) {
  Compile("pools: [{name: bad, service: broken}]\nroutes: [{path: /*, pool: bad}]\n");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(message(), HasSubstr("pool bad"));
  EXPECT_THAT(message(), HasSubstr("no slash"));
}

TEST_F(CompileTest, TakesLimitsAndTimeouts) {
  Compile(WithRoutes("  - {path: /*, pool: main}\n") + R"(
limits:
  request_line_bytes_max: 101
  field_bytes_max: 102
  field_name_bytes_max: 33
  fields_bytes_max: 104
  fields_max: 5
  body_bytes_max: 106
  chunk_extension_bytes_max: 7
  chunk_extensions_bytes_max: 8
  trailers_bytes_max: 9
  trailers_max: 10
  pipeline_max: 11
  input_buffer_bytes_max: 2KiB
  output_buffer_bytes_max: 5KiB
timeouts:
  head: 1s
  body_idle: 2s
  body_rate_bytes_min: 3
  body_rate_grace: 4s
  keep_alive: 5s
  write_stall: 6s
  linger: 7s
  proxy_header: 8s
trusted_proxies: [10.0.0.0/8]
)");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(snapshot->head_limits.request_line_bytes_max, 101u);
  EXPECT_EQ(snapshot->head_limits.field_bytes_max, 102u);
  EXPECT_EQ(snapshot->head_limits.field_name_bytes_max, 33u);
  EXPECT_EQ(snapshot->head_limits.fields_bytes_max, 104u);
  EXPECT_EQ(snapshot->head_limits.fields_max, 5u);
  EXPECT_EQ(snapshot->body_bytes_max, 106u);
  EXPECT_EQ(snapshot->chunked_limits.extension_bytes_max, 7u);
  EXPECT_EQ(snapshot->chunked_limits.extensions_bytes_max, 8u);
  EXPECT_EQ(snapshot->chunked_limits.trailers_bytes_max, 9u);
  EXPECT_EQ(snapshot->chunked_limits.trailers_max, 10u);
  EXPECT_EQ(snapshot->pipeline_max, 11u);
  EXPECT_EQ(snapshot->input_buffer_bytes_max, 2048u);
  EXPECT_EQ(snapshot->output_buffer_bytes_max, 5120u);
  EXPECT_EQ(snapshot->timeouts.head, 1 * kNanosPerSecond);
  EXPECT_EQ(snapshot->timeouts.body_idle, 2 * kNanosPerSecond);
  EXPECT_EQ(snapshot->timeouts.body_rate_bytes_min, 3u);
  EXPECT_EQ(snapshot->timeouts.body_rate_grace, 4 * kNanosPerSecond);
  EXPECT_EQ(snapshot->timeouts.keep_alive, 5 * kNanosPerSecond);
  EXPECT_EQ(snapshot->timeouts.write_stall, 6 * kNanosPerSecond);
  EXPECT_EQ(snapshot->timeouts.linger, 7 * kNanosPerSecond);
  EXPECT_EQ(snapshot->timeouts.proxy_header, 8 * kNanosPerSecond);
  EXPECT_EQ(snapshot->trusted_proxies.size(), 1u);
}

TEST_F(CompileTest, ARouteOverridesWhatThePoolAndTheLimitsSay) {
  Compile(R"(
pools: [{name: main, service: greeter, request_timeout: 2s}]
limits: {body_bytes_max: 100}
routes:
  - {path: /plain, pool: main}
  - path: /special
    pool: main
    request_timeout: 9s
    body_bytes_max: 5
    cancel_on_disconnect: NEVER
  - {path: /always, pool: main, cancel_on_disconnect: ALWAYS, body_bytes_max: 0}
)");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(RouteOf("/plain").request_timeout, 2 * kNanosPerSecond);
  EXPECT_EQ(RouteOf("/plain").body_bytes_max, 100u);
  EXPECT_EQ(RouteOf("/plain").cancel, CancelPolicy::kSafeMethods);
  EXPECT_EQ(RouteOf("/special").request_timeout, 9 * kNanosPerSecond);
  EXPECT_EQ(RouteOf("/special").body_bytes_max, 5u);
  EXPECT_EQ(RouteOf("/special").cancel, CancelPolicy::kNever);
  EXPECT_EQ(RouteOf("/always").cancel, CancelPolicy::kAlways);
  EXPECT_EQ(RouteOf("/always").body_bytes_max, 0u);
}

TEST_F(CompileTest, RoutesByHostMethodAndPath) {
  Compile(WithRoutes(R"(
  - {path: /a, pool: main, methods: [POST]}
  - {path: /a, pool: main, methods: [GET], body_bytes_max: 1}
  - {path: /a, pool: main, host: example.org, body_bytes_max: 2}
)"));
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(RouteOf("/a", Method::kGet).body_bytes_max, 1u);
  EXPECT_NE(RouteOf("/a", Method::kPost).body_bytes_max, 1u);
  EXPECT_EQ(RouteOf("/a", Method::kGet, "example.org").body_bytes_max, 2u);
  EXPECT_EQ(snapshot->router.Find("", Method::kPut, "/a", &params).kind,
            Router::Kind::kMethodNotAllowed);
}

TEST_F(CompileTest, CompilesARedirect) {
  Compile(WithRoutes(R"(
  - {path: "/old/{name}", redirect: {location: "https://example.org/new/{name}", status: 308}}
)"));
  ASSERT_TRUE(status.ok()) << status;
  const CompiledRoute& route = RouteOf("/old/a b");
  EXPECT_EQ(route.pool, nullptr);
  EXPECT_EQ(route.redirect_status, 308);
  ASSERT_TRUE(route.location.has_value());
  EXPECT_EQ(route.location->Expand(params, config::PathTemplate::Encoding::kPercent),
            "https://example.org/new/a%20b");
}

TEST_F(CompileTest, CompilesARewrite) {
  Compile(WithRoutes("  - {path: /api/*, pool: main, rewrite: \"/v2/{*}\"}\n"));
  ASSERT_TRUE(status.ok()) << status;
  const CompiledRoute& route = RouteOf("/api/x/y");
  EXPECT_EQ(route.pool, pools[0].get());
  ASSERT_TRUE(route.rewrite.has_value());
  EXPECT_EQ(route.rewrite->Expand(params, config::PathTemplate::Encoding::kNone), "/v2/x/y");
  EXPECT_EQ(route.literal_path, "") << "what the service's router says depends on the path";
}

TEST_F(CompileTest, AsksTheServicesRouterOnceForALiteralRoute) {
  Compile(WithRoutes("  - {path: /hello/bob, pool: main}\n  - {path: /nowhere, pool: main}\n"));
  ASSERT_TRUE(status.ok()) << status;
  const CompiledRoute& route = RouteOf("/hello/bob");
  const LiteralTarget& target = route.literal[static_cast<size_t>(Method::kGet)];
  EXPECT_EQ(target.match.kind, Router::Kind::kFound);
  EXPECT_EQ(target.match.value, 1u) << "the second route of the service";
  EXPECT_EQ(target.params.Get("name"), "bob");
  const LiteralTarget& post = route.literal[static_cast<size_t>(Method::kPost)];
  EXPECT_EQ(post.match.kind, Router::Kind::kMethodNotAllowed);
  EXPECT_TRUE(post.match.allowed.Contains(Method::kGet));
  const CompiledRoute& nowhere = RouteOf("/nowhere");
  EXPECT_EQ(nowhere.literal[static_cast<size_t>(Method::kGet)].match.kind, Router::Kind::kNotFound);
}

TEST_F(CompileTest, TakesErrorPagesFromTextAndFile) {
  std::string file = testing::TempDir() + "/503.html";
  std::ofstream(file) << "<h1>Back soon</h1>";
  Compile(
      WithRoutes("  - {path: /*, pool: main}\n") +
      "error_pages:\n  - {statuses: [404, 405], body: Nothing here., content_type: text/plain}\n"
      "  - {statuses: [503], file: " +
      file + "}\n");
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(snapshot->error_pages.size(), 3u);
  EXPECT_EQ(snapshot->error_pages.at(404).body, "Nothing here.");
  EXPECT_EQ(snapshot->error_pages.at(405).content_type, "text/plain");
  EXPECT_EQ(snapshot->error_pages.at(503).body, "<h1>Back soon</h1>");
  std::filesystem::remove(file);
}

TEST_F(CompileTest, NamesAnErrorPageThatHasGoneSinceTheCheck) {
  std::string file = testing::TempDir() + "/gone.html";
  std::ofstream(file) << "text";
  Compile(WithRoutes("  - {path: /*, pool: main}\n") +
              "error_pages: [{statuses: [503], file: " + file + "}]\n",
          [&] { std::filesystem::remove(file); });
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(message(), HasSubstr(file));
}

}  // namespace
}  // namespace troupe
