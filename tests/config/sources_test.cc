// Where settings come from, which source wins, and what is remembered of it.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "loading.h"

namespace troupe::config {
namespace {

TEST(Sources, LaterOnesWin) {
  struct Step {
    std::string_view origin;
    uint32_t value;
  };
  Inputs inputs;
  const auto expect = [&inputs](const Step& step) {
    const auto loaded = LoadInputs(inputs);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ(loaded->config.limits().fields_max(), step.value) << step.origin;
    EXPECT_EQ(loaded->origins.Of("limits.fields_max"), step.origin);
  };
  expect({"default", 100});
  inputs.file = NamedText{"t.yaml", "limits:\n  fields_max: 11\n"};
  expect({"t.yaml:2", 11});
  inputs.env_files.push_back({"a.env", "\nTROUPE_LIMITS_FIELDS_MAX=12\n"});
  expect({"a.env:2", 12});
  inputs.env_files.push_back({"b.env", "TROUPE_LIMITS_FIELDS_MAX=13\n"});
  expect({"b.env:1", 13});
  inputs.environment["TROUPE_LIMITS_FIELDS_MAX"] = "14";
  expect({"environment TROUPE_LIMITS_FIELDS_MAX", 14});
  inputs.sets.push_back({"limits.fields_max=15", "--set"});
  expect({"--set", 15});
  inputs.sets.push_back({"limits.fields_max=16", "--fields"});
  expect({"--fields", 16});
}

TEST(Sources, AFileWithPoolsOrRoutesReplacesTheDefaultsOfBoth) {
  const auto pools = LoadYaml("pools:\n  - {name: mine, service: echo}\n");
  ASSERT_TRUE(pools.ok()) << pools.status();
  EXPECT_EQ(pools->config.pools_size(), 1);
  EXPECT_EQ(pools->config.routes_size(), 0);
  const auto routes = LoadYaml("routes:\n  - {path: /, redirect: {location: /x}}\n");
  ASSERT_TRUE(routes.ok()) << routes.status();
  EXPECT_EQ(routes->config.pools_size(), 0);
  EXPECT_EQ(routes->config.routes_size(), 1);
  const auto none = LoadYaml("routes: []\n");
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->config.pools_size() + none->config.routes_size(), 0);
}

TEST(Sources, AFileWithoutPoolsAndRoutesKeepsTheDefaults) {
  const auto loaded = LoadYaml("http:\n  - address: 127.0.0.1:9999\n");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_EQ(loaded->config.http_size(), 1);
  EXPECT_EQ(loaded->config.http(0).address(), "127.0.0.1:9999");
  EXPECT_EQ(loaded->config.pools_size(), 4);
}

TEST(Sources, JsonIsReadLikeYaml) {
  const auto loaded =
      LoadYaml(R"({"limits": {"fields_max": 5}, "trusted_proxies": ["10.0.0.0/8"]})");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->config.limits().fields_max(), 5);
  EXPECT_EQ(loaded->config.trusted_proxies(0), "10.0.0.0/8");
}

TEST(Sources, EnumsAndSwitchesAreReadInEitherCaseOrAsOnAndOff) {
  const auto loaded = LoadYaml(
      "log: {level: warning}\nhttp:\n  - {address: '127.0.0.1:1', keep_alive: off, tcp_nodelay: "
      "on}\n");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->config.log().level(), v1::Log::WARNING);
  EXPECT_FALSE(loaded->config.http(0).keep_alive());
  EXPECT_TRUE(loaded->config.http(0).tcp_nodelay());
}

TEST(Sources, TheWordForZeroIsReadAsZero) {
  const auto loaded = LoadSets({"limits.connections_max=auto", "drain.delay=off",
                                "timeouts.body_rate_bytes_min=off", "reactors.count=0"});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->config.timeouts().body_rate_bytes_min(), 0);
  EXPECT_EQ(loaded->config.drain().delay().seconds(), 0);
  EXPECT_EQ(loaded->config.reactors().count(), 0);
}

TEST(Sets, ReachElementsByIndexAndByName) {
  const auto loaded = LoadSets({"pools[0].queue_max=1", "pools.echo.queue_max=2",
                                "pools.slow.options.delay=5ms", "pools.slow.options.x.y=z",
                                "pools.slow.workers.count=3", "pools.slow.placement=SHARED"});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->config.pools(0).queue_max(), 1);
  EXPECT_EQ(loaded->config.pools(3).queue_max(), 2);
  EXPECT_EQ(loaded->config.pools(2).options().at("delay"), "5ms");
  EXPECT_EQ(loaded->config.pools(2).options().at("x.y"), "z");
  EXPECT_EQ(loaded->config.pools(2).options().at("body"), "ok");
  EXPECT_EQ(loaded->config.pools(2).workers().count(), 3);
  EXPECT_EQ(loaded->origins.Of("pools[3].queue_max"), "--set");
  EXPECT_EQ(loaded->origins.Of("pools[3].queue_timeout"), "default");
}

TEST(Sets, AddAnElementBehindTheLast) {
  const auto loaded = LoadSets({"pools[4].name=more", "pools.more.service=echo"});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->config.pools(4).service(), "echo");
}

TEST(Sets, ReplaceListsOfValuesWhole) {
  Inputs inputs = FromFile("trusted_proxies: [10.0.0.0/8]\n");
  inputs.sets = {{"trusted_proxies=192.0.2.0/24, ::1", "--set"},
                 {"reactors.cpu_affinity=[0, 1]", "--set"},
                 {"routes[3].methods=GET,POST", "--set"},
                 {"routes[0].methods=", "--set"}};
  const auto loaded = LoadInputs(inputs);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_EQ(loaded->config.trusted_proxies_size(), 2);
  EXPECT_EQ(loaded->config.trusted_proxies(1), "::1");
  EXPECT_EQ(loaded->config.reactors().cpu_affinity(1), 1);
  EXPECT_EQ(loaded->config.routes(3).methods_size(), 2);
  EXPECT_EQ(loaded->config.routes(0).methods_size(), 0);
  EXPECT_EQ(loaded->origins.Nearest("trusted_proxies[0]"), "--set");
}

TEST(Sets, SayWhatIsWrongWithThem) {
  struct Case {
    std::string set;
    std::string problem;
  };
  for (const Case& test : {
           Case{"limits",
                "--set: 'limits' has no '='; allowed: PATH=VALUE, as limits.body_bytes_max=2MiB"},
           Case{"limits=1",
                "--set: limits: limits is a group; set one of its fields: request_line_bytes_max, "
                "field_bytes_max, field_name_bytes_max, fields_bytes_max, fields_max, "
                "body_bytes_max, chunk_extension_bytes_max, chunk_extensions_bytes_max, "
                "trailers_bytes_max, trailers_max, connections_max, pipeline_max, "
                "input_buffer_bytes_max, output_buffer_bytes_max"},
           Case{"drain.tmeout=1s",
                "--set: drain.tmeout: there is no field 'tmeout'; did you mean timeout? allowed: "
                "delay, timeout, read"},
           Case{"drain.timeout.x=1s",
                "--set: drain.timeout.x: drain.timeout is a value and has no fields or elements"},
           Case{"drain.timeout=soon",
                "--set: drain.timeout: 'soon' is not a duration; allowed: off, or 10ms to 24h, as "
                "100ms, 5s or 1m30s"},
           Case{"pools=x",
                "--set: pools: pools is a list; set a field of one element, as pools[0].name"},
           Case{"pools[9].name=x",
                "--set: pools[9].name: pools[9] is no element; allowed: pools[0] to pools[4], the "
                "last to add one"},
           Case{"pools[x].name=x",
                "--set: pools[x].name: pools[x] is no element; allowed: pools[0] to pools[4], the "
                "last to add one"},
           Case{
               "pools[0=x",
               "--set: pools[0: pools[0] is no element; allowed: pools[0] to pools[4], the last to "
               "add one"},
           Case{"pools[0]=x",
                "--set: pools[0]: pools[0] is a group; set one of its fields: name, service, "
                "options, placement, workers, in_flight_max, queue_max, queue_timeout, "
                "request_timeout, restart, critical"},
           Case{
               "pools.ecko.queue_max=1",
               "--set: pools.ecko.queue_max: pools has no element named 'ecko'; did you mean echo? "
               "allowed: welcome, health, slow, echo"},
           Case{"routes.x.path=/",
                "--set: routes.x.path: routes is a list; set a field of one element, as "
                "routes[0].methods"},
           Case{"pools[0].options=x",
                "--set: pools[0].options: pools[0].options holds names with values; allowed: "
                "pools[0].options.NAME=VALUE"},
           Case{"trusted_proxies[0]=::1",
                "--set: trusted_proxies[0]: trusted_proxies is a value and has no fields or "
                "elements"},
           Case{"http[0].address=\xFF", "--set: http[0].address: '\\xff' is not UTF-8 text"},
       }) {
    EXPECT_EQ(ProblemsOf(LoadSets({test.set})), test.problem);
  }
}

TEST(Environment, ReachesEverySettingByName) {
  const auto loaded = LoadEnvironment({
      {"TROUPE_LIMITS_BODY_BYTES_MAX", "2MiB"},
      {"TROUPE_HTTP_0_ADDRESS", "0.0.0.0:80"},
      {"TROUPE_TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.0/24"},
      {"TROUPE_POOLS_0_WORKERS_COUNT", "2"},
      {"TROUPE_POOLS_ECHO_QUEUE_MAX", "7"},
      {"TROUPE_POOLS_SLOW_OPTIONS_DELAY", "1ms"},
      {"PATH", "/bin"},
      {"TROUPER", "x"},
  });
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->config.limits().body_bytes_max(), 2 << 20);
  EXPECT_EQ(loaded->config.http(0).address(), "0.0.0.0:80");
  EXPECT_EQ(loaded->config.trusted_proxies_size(), 2);
  EXPECT_EQ(loaded->config.pools(0).workers().count(), 2);
  EXPECT_EQ(loaded->config.pools(3).queue_max(), 7);
  EXPECT_EQ(loaded->config.pools(2).options().at("delay"), "1ms");
  EXPECT_EQ(loaded->origins.Of("pools[3].queue_max"), "environment TROUPE_POOLS_ECHO_QUEUE_MAX");
  EXPECT_TRUE(loaded->warnings.empty());
}

TEST(Environment, MayAddElementsInTheirOrder) {
  std::map<std::string, std::string> variables;
  for (int i = 4; i < 12; ++i) {  // _10_ sorts before _4_
    const std::string prefix = "TROUPE_POOLS_" + std::to_string(i);
    variables[prefix + "_NAME"] = "p" + std::to_string(i);
    variables[prefix + "_SERVICE"] = "echo";
  }
  variables["TROUPE_POOLS_P11_QUEUE_MAX"] = "5";
  const auto loaded = LoadEnvironment(variables);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_EQ(loaded->config.pools_size(), 12);
  EXPECT_EQ(loaded->config.pools(11).name(), "p11");
  EXPECT_EQ(loaded->config.pools(11).queue_max(), 5);
}

TEST(Environment, SaysWhichVariablesStandForNothing) {
  EXPECT_EQ(
      ProblemsOf(LoadEnvironment({{"TROUPE_LIMITS_FIELD_MAX", "1"}})),
      "environment TROUPE_LIMITS_FIELD_MAX: TROUPE_LIMITS_FIELD_MAX stands for no setting; did "
      "you mean TROUPE_LIMITS_FIELDS_MAX?");
  EXPECT_EQ(
      ProblemsOf(LoadEnvironment({{"TROUPE_Q", "1"}})),
      "environment TROUPE_Q: TROUPE_Q stands for no setting; the names are in docs/CONFIG.md");
  EXPECT_EQ(
      ProblemsOf(LoadEnvironment({{"TROUPE_DRAIN_READ", "1"}})),
      "environment TROUPE_DRAIN_READ: drain.read: '1' is not a duration; allowed: off, or 10ms "
      "to 1m, as 100ms, 5s or 1m30s");
}

TEST(Environment, OfKubernetesServiceLinksIsOnlyWarnedOf) {
  const auto loaded = LoadEnvironment({{"TROUPE_SERVICE_HOST", "10.0.0.1"},
                                       {"TROUPE_SERVICE_PORT_HTTP", "80"},
                                       {"TROUPE_PORT", "tcp://10.0.0.1:80"},
                                       {"TROUPE_PORT_80_TCP_ADDR", "10.0.0.1"}});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->warnings.size(), 4);
  EXPECT_NE(ProblemsOf(LoadEnvironment({{"TROUPE_HTTP_PORT", "8080"}})), "");
}

TEST(Load, ReadsTheNamedFiles) {
  const std::string folder = testing::TempDir();
  const std::string yaml = folder + "/load_test.yaml";
  const std::string env = folder + "/load_test.env";
  std::ofstream(yaml) << "limits: {fields_max: 5}\n";
  std::ofstream(env) << "TROUPE_LOG_LEVEL=DEBUG\n";
  Source source;
  source.file = yaml;
  source.env_files = {env};
  const auto loaded = Load(source, DefaultConfig(), KnownServices());
  std::remove(yaml.c_str());
  std::remove(env.c_str());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->config.limits().fields_max(), 5);
  EXPECT_EQ(loaded->config.log().level(), v1::Log::DEBUG);
  EXPECT_EQ(loaded->origins.Of("limits.fields_max"), yaml + ":1");
}

}  // namespace
}  // namespace troupe::config
