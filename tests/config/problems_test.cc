// Every class of mistake, with the whole text of what an operator reads.
#include "runtime/config/problems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "loading.h"

namespace troupe::config {
namespace {

using testing::StartsWith;

struct Mistake {
  std::string yaml;
  std::string problems;  // or their beginning, where a list of all that is allowed follows
};

void ExpectProblems(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    EXPECT_THAT(ProblemsOf(LoadYaml(mistake.yaml)), StartsWith(mistake.problems)) << mistake.yaml;
  }
}

// A pool and a route, to which a case adds what it is about.
std::string WithPool(std::string_view fields) {
  return "pools:\n  - name: p\n    service: echo\n" + std::string(fields);
}
std::string WithRoute(std::string_view fields) {
  return WithPool("routes:\n  - path: /a/{b}/*\n    pool: p\n" + std::string(fields));
}

TEST(Problems, NameUnknownFieldsAndTheClosestKnown) {
  ExpectProblems({
      {"limits:\n  field_max: 1\n",
       "t.yaml:2: limits.field_max: there is no field 'field_max'; did you mean fields_max? "
       "allowed: "
       "request_line_bytes_max, field_bytes_max, field_name_bytes_max, fields_bytes_max, "
       "fields_max, "
       "body_bytes_max, chunk_extension_bytes_max, chunk_extensions_bytes_max, trailers_bytes_max, "
       "trailers_max, connections_max, pipeline_max, input_buffer_bytes_max, "
       "output_buffer_bytes_max"},
      {"qqqqqq: 1\n",
       "t.yaml:1: qqqqqq: there is no field 'qqqqqq'; allowed: http, reactors, limits, timeouts, "
       "trusted_proxies, drain, pools, routes, "},
      {WithPool("    restart: {backof_min: 1s}\n"),
       "t.yaml:4: pools[0].restart.backof_min: there is no field 'backof_min'; did you mean "
       "backoff_min? "
       "allowed: backoff_min, backoff_max, "},
  });
}

TEST(Problems, NameWhatIsThereTwice) {
  ExpectProblems({
      {"log: {level: INFO}\nlimits: {}\nlog: {level: INFO}\n",
       "t.yaml:3: log: stands here twice, first on line 1; keep one"},
      {WithPool("    options:\n      body: a\n      body: b\n"),
       "t.yaml:6: pools[0].options.body: stands here twice, first on line 5; keep one"},
  });
}

TEST(Problems, NameAValueOfTheWrongKindAndWhatIsAllowed) {
  ExpectProblems({
      {"limits:\n  fields_max: many\n",
       "t.yaml:2: limits.fields_max: 'many' is not a whole number; allowed: 1 to 10000"},
      {"limits:\n  body_bytes_max: 1MB\n",
       "t.yaml:2: limits.body_bytes_max: '1MB' is not a size; allowed: 0 to 1TiB, in bytes or as "
       "64KiB, 1MiB"},
      {"timeouts:\n  head: 10\n",
       "t.yaml:2: timeouts.head: '10' is not a duration; allowed: 10ms to 1h, as 100ms, 5s or "
       "1m30s"},
      {"http:\n  - address: 127.0.0.1:80\n    keep_alive: maybe\n",
       "t.yaml:3: http[0].keep_alive: 'maybe' is not true or false; allowed: true or false"},
      {"log:\n  format: XML\n", "t.yaml:2: log.format: 'XML' is not known; allowed: TEXT or JSON"},
      {"log:\n  format: FORMAT_UNSPECIFIED\n",
       "t.yaml:2: log.format: 'FORMAT_UNSPECIFIED' is not known; allowed: TEXT or JSON"},
      {"log: loud\n", "t.yaml:1: log: a group of fields is needed here, not a value"},
      {"log:\n", "t.yaml:1: log: a group of fields is needed here, not nothing"},
      {"pools: {}\n", "t.yaml:1: pools: a list is needed here, not a group of fields"},
      {"log:\n  level: [INFO]\n",
       "t.yaml:2: log.level: a value is needed here, not a list; allowed: DEBUG, INFO, WARNING, "
       "ERROR or OFF"},
      {"log:\n  level:\n",
       "t.yaml:2: log.level: a value is needed here, not nothing; allowed: DEBUG, INFO, WARNING, "
       "ERROR or OFF"},
      {WithPool("    options: ok\n"),
       "t.yaml:4: pools[0].options: names with values are needed here, not a value"},
      {WithPool("    options: {body: [a]}\n"),
       "t.yaml:4: pools[0].options.body: a value is needed here, not a list; allowed: text, "
       "{file: PATH} or {env: NAME}"},
      {"- a\n", "t.yaml:1: a group of fields is needed here, not a list"},
  });
}

TEST(Problems, NameAValueOutOfRange) {
  ExpectProblems({
      {"limits:\n  fields_max: 0\n",
       "t.yaml:2: limits.fields_max: '0' is out of range; allowed: 1 to 10000"},
      {"limits:\n  request_line_bytes_max: 64KiB\n",
       "t.yaml:2: limits.request_line_bytes_max: '64KiB' is out of range; allowed: 64 to 65535, in "
       "bytes or as 64KiB, 1MiB"},
      {"reactors:\n  count: 257\n",
       "t.yaml:2: reactors.count: '257' is out of range; allowed: auto, or 1 to 256"},
      {"reactors:\n  cpu_affinity: [0, 1024]\n",
       "t.yaml:2: reactors.cpu_affinity[1]: '1024' is out of range; allowed: 0 to 1023"},
      {"drain:\n  delay: 2h\n",
       "t.yaml:2: drain.delay: '2h' is out of range; allowed: off, or 10ms to 1h, as 100ms, 5s or "
       "1m30s"},
  });
}

TEST(Problems, NameWhatIsMissing) {
  ExpectProblems({
      {"http:\n  - backlog: 5\n",
       "t.yaml:2: http[0].address: is missing; it must be set, as 127.0.0.1:8080"},
      {"http: []\n", "t.yaml:1: http: is empty; at least one is needed"},
      {"pools:\n  - service: echo\n",
       "t.yaml:2: pools[0].name: is missing; it must be set, as echo"},
      {"pools:\n  - name: p\n",
       "t.yaml:2: pools[0].service: is missing; it must be set, as respond"},
      {WithPool("routes:\n  - pool: p\n"),
       "t.yaml:5: routes[0].path: is missing; it must be set, as /users/{id}/*"},
      {WithPool("routes:\n  - path: /\n"),
       "t.yaml:5: routes[0]: goes nowhere; set pool or redirect"},
      {"error_pages:\n  - statuses: [503]\n",
       "t.yaml:2: error_pages[0]: has no page; set file or body"},
      {"error_pages:\n  - body: x\n",
       "t.yaml:2: error_pages[0].statuses: is empty; at least one is needed, as 503"},
  });
}

TEST(Problems, NameAlternativesThatStandTogether) {
  ExpectProblems({
      {WithRoute("    redirect: {location: /}\n"),
       "t.yaml:7: routes[0].redirect: cannot stand beside pool; keep one of the two"},
      {"error_pages:\n  - statuses: [503]\n    body: x\n    file: y\n",
       "t.yaml:4: error_pages[0].file: cannot stand beside body; keep one of the two"},
      {"routes:\n  - path: /\n    redirect: {location: /x}\n    rewrite: /y\n",
       "t.yaml:4: routes[0].rewrite: cannot stand beside redirect; remove one"},
  });
}

TEST(Problems, OfListeners) {
  constexpr std::string_view kAllowed =
      " is not an address; allowed: IPV4:PORT, [IPV6]:PORT or unix:PATH, as 127.0.0.1:8080";
  for (std::string text : {"localhost:8080", "127.0.0.1", "127.0.0.1:65536", "::1:8080", "[::1]",
                           "[127.0.0.1]:80", ":8080", "8080", "127.0.0.1:"}) {
    EXPECT_EQ(ProblemsOf(LoadYaml("http:\n  - address: \"" + text + "\"\n")),
              "t.yaml:2: http[0].address: '" + text + "'" + std::string(kAllowed));
  }
  ExpectProblems({
      {"http:\n  - address: 127.0.0.1:80\n  - address: 127.0.0.1:80\n",
       "t.yaml:3: http[1].address: is that of http[0] too"},
      {"http:\n  - address: \"[::1]:80\"\n  - address: \"[0:0::1]:80\"\n",
       "t.yaml:3: http[1].address: is that of http[0] too"},
      {"http:\n  - address: 127.0.0.1:0\n  - address: 127.0.0.1:0\n", ""},
      {"http:\n  - address: \"unix:\"\n",
       "t.yaml:2: http[0].address: '' cannot be the path of a Unix socket; allowed: 1 to 107 "
       "bytes"},
      {"http:\n  - address: unix:/x\n    unix_mode: 0999\n",
       "t.yaml:3: http[0].unix_mode: '0999' is not a file mode; allowed: three octal digits, as "
       "0660"},
      {"http:\n  - address: 127.0.0.1:80\n    proxy_protocol: REQUIRED\n",
       "t.yaml:3: http[0].proxy_protocol: REQUIRED, but trusted_proxies is empty, so no PROXY "
       "header would be believed; set trusted_proxies to the addresses of the proxies"},
  });
  EXPECT_NE(ProblemsOf(LoadYaml("trusted_proxies: [10.0.0.0/8, 10.0.0.0/33]\n"))
                .find("t.yaml:1: trusted_proxies[1]: "),
            std::string::npos);
}

TEST(Problems, OfStepsOfTheMemoryGovernorThatAreNotInTheirOrder) {
  ExpectProblems({
      {"memory:\n  no_keep_alive_percent: 91\n",
       "t.yaml:2: memory.no_keep_alive_percent: memory.no_keep_alive_percent (91 percent) must not "
       "be more than memory.shed_low_percent (90 percent)"},
      {"memory:\n  pause_accept_percent: 85\n",
       "t.yaml:2: memory.pause_accept_percent: memory.shed_low_percent (90 percent) must not be "
       "more than memory.pause_accept_percent (85 percent)"},
  });
}

TEST(Problems, OfLimitsThatContradictEachOther) {
  ExpectProblems({
      {"limits:\n  field_name_bytes_max: 9KiB\n",
       "t.yaml:2: limits.field_name_bytes_max: limits.field_name_bytes_max (9KiB) must not be more "
       "than limits.field_bytes_max (8KiB)"},
      {"limits:\n  fields_bytes_max: 4KiB\n",
       "t.yaml:2: limits.fields_bytes_max: limits.field_bytes_max (8KiB) must not be more than "
       "limits.fields_bytes_max (4KiB)"},
      {"limits:\n  chunk_extension_bytes_max: 32KiB\n",
       "t.yaml:2: limits.chunk_extension_bytes_max: limits.chunk_extension_bytes_max (32KiB) must "
       "not be more than limits.chunk_extensions_bytes_max (16KiB)"},
      {"limits:\n  input_buffer_bytes_max: 32KiB\n",
       "t.yaml:2: limits.input_buffer_bytes_max: 32KiB cannot hold a whole head; allowed: at least "
       "request_line_bytes_max and fields_bytes_max together (40KiB)"},
  });
}

TEST(Problems, OfPools) {
  constexpr std::string_view kNotAName =
      " is not a name; allowed: 1 to 63 lower-case letters, digits and '-', a letter first";
  for (std::string name : {"Echo", "1st", "a_b", "", "-a"}) {
    EXPECT_EQ(ProblemsOf(LoadYaml("pools:\n  - name: \"" + name + "\"\n    service: echo\n")),
              "t.yaml:2: pools[0].name: '" + name + "'" + std::string(kNotAName));
  }
  ExpectProblems({
      {WithPool("  - name: p\n    service: echo\n"),
       "t.yaml:4: pools[1].name: is that of pools[0] too; each pool needs its own"},
      {"pools:\n  - name: p\n    service: ecko\n",
       "t.yaml:3: pools[0].service: there is no service 'ecko'; did you mean echo? allowed: echo, "
       "respond, welcome"},
      {WithPool("    restart: {backoff_min: 1m}\n"),
       "t.yaml:4: pools[0].restart.backoff_min: backoff_min (1m) must not be more than backoff_max "
       "(30s)"},
      {WithPool("    restart: {backoff_max: 1ms}\n"),
       "t.yaml:4: pools[0].restart.backoff_max: backoff_min (100ms) must not be more than "
       "backoff_max (1ms)"},
  });
}

TEST(Problems, OfAServicesOptionsAreTheServicesOwn) {
  Checks checks = KnownServices();
  checks.check_options = [](const v1::Pool& pool) {
    return absl::InvalidArgumentError("no " + pool.service() + " today");
  };
  const auto loaded = Compose(FromFile(WithPool("    options: {a: b}\n")), DefaultConfig(), checks);
  EXPECT_EQ(ProblemsOf(loaded), "t.yaml:4: pools[0].options: no echo today");
}

TEST(Problems, OfRoutes) {
  ExpectProblems({
      {WithPool("routes:\n  - {path: /, pool: q}\n"),
       "t.yaml:5: routes[0].pool: there is no pool 'q'; did you mean p? allowed: p"},
      {"routes:\n  - {path: /, pool: q}\n",
       "t.yaml:2: routes[0].pool: there is no pool 'q'; there are none"},
      {WithRoute("    methods: [GET, get]\n"),
       "t.yaml:7: routes[0].methods[1]: 'get' is not a method to route; allowed: GET, HEAD, POST, "
       "PUT, DELETE, OPTIONS, TRACE, PATCH"},
      {WithRoute("    methods: [CONNECT]\n"),
       "t.yaml:7: routes[0].methods[0]: 'CONNECT' is not a method to route; allowed: GET, HEAD, "
       "POST, PUT, DELETE, OPTIONS, TRACE, PATCH"},
      {WithRoute("    rewrite: /x/{c}\n"),
       "t.yaml:7: routes[0].rewrite: '{c}' is no variable of the path; allowed: {b}, {*}"},
      {WithRoute("    rewrite: /x/{b\n"),
       "t.yaml:7: routes[0].rewrite: '/x/{b' has a brace without its other; allowed: {NAME} and "
       "{*}"},
      {WithRoute("    rewrite: x\n"),
       "t.yaml:7: routes[0].rewrite: 'x' is not a path; allowed: /PATH"},
      {"routes:\n  - path: /\n    redirect: {location: /x, status: 304}\n",
       "t.yaml:3: routes[0].redirect.status: 304 does not redirect; allowed: 301, 302, 303, 307, "
       "308"},
      {"routes:\n  - path: /\n    redirect: {}\n",
       "t.yaml:3: routes[0].redirect.location: is missing; it must be set, as "
       "https://example.org/{*}"},
  });
}

TEST(Problems, OfRoutesThatMatchTheSame) {
  ExpectProblems({
      {WithRoute("  - path: /a/{c}/*\n    pool: p\n"),
       "t.yaml:7: routes[1].path: routes[0] matches the same for any method; change the host, the "
       "path or the methods of one"},
      {WithRoute("    methods: [GET, POST]\n    host: Example.org\n"
                 "  - path: /a/{c}/*\n    pool: p\n    methods: [POST]\n    host: example.org\n"),
       "t.yaml:9: routes[1].path: routes[0] matches the same for POST; change the host, the path "
       "or "
       "the methods of one"},
  });
  EXPECT_EQ(ProblemsOf(LoadYaml(WithRoute("    methods: [GET]\n"
                                          "  - {path: '/a/{b}/*', pool: p, methods: [POST]}\n"
                                          "  - {path: '/a/{b}/*', pool: p, host: example.org}\n"
                                          "  - {path: '/a/{b}/c', pool: p}\n"))),
            "");
}

TEST(Problems, OfRoutePatternsAndHostsAreTheRouters) {
  for (std::string path : {"a", "/a/*/b", "/{a}/{a}", "/{", "/a*"}) {
    EXPECT_EQ(ProblemsOf(LoadYaml(WithPool("routes:\n  - {path: '" + path + "', pool: p}\n")))
                  .rfind("t.yaml:5: routes[0].path: ", 0),
              0)
        << path;
  }
  for (std::string host : {"a:80", "a b", "*", "*.*.a", "a/"}) {
    EXPECT_EQ(ProblemsOf(LoadYaml(WithRoute("    host: '" + host + "'\n")))
                  .rfind("t.yaml:7: routes[0].host: ", 0),
              0)
        << host;
  }
}

TEST(Problems, OfRedirectsThatARequestCouldLeadElsewhere) {
  for (std::string location : {"", "x", "//other.example/", "https://", "https://{b}/",
                               "https://a{*}", "ftp://a/", "/a b", "https:///x"}) {
    EXPECT_EQ(ProblemsOf(LoadYaml("routes:\n  - path: /a/{b}/*\n    redirect:\n      location: '" +
                                  location + "'\n")),
              "t.yaml:4: routes[0].redirect.location: '" + location +
                  "' is not a location; allowed: /PATH, or http://HOST/PATH or https://HOST/PATH "
                  "with variables in the path only");
  }
  for (std::string location : {"/", "/x/{b}", "https://a.example", "http://a.example:8080/{*}"}) {
    EXPECT_EQ(ProblemsOf(LoadYaml("routes:\n  - path: /a/{b}/*\n    redirect:\n      location: '" +
                                  location + "'\n")),
              "");
  }
}

TEST(Problems, OfErrorPages) {
  ExpectProblems({
      {"error_pages:\n  - {statuses: [503, 502], body: x}\n  - {statuses: [502], body: y}\n",
       "t.yaml:3: error_pages[1].statuses[0]: 502 has a page already, error_pages[0]"},
      {"error_pages:\n  - {statuses: [302], body: x}\n",
       "t.yaml:2: error_pages[0].statuses[0]: '302' is out of range; allowed: 400 to 599"},
      {"error_pages:\n  - {statuses: [503], file: /nonexistent/503.html}\n",
       "t.yaml:2: error_pages[0].file: '/nonexistent/503.html' cannot be used (No such file or "
       "directory); allowed: a file of at most 1 MiB that this user may read"},
      {"error_pages:\n  - {statuses: [503], body: x, content_type: \"a\\r\\nb: c\"}\n",
       "t.yaml:2: error_pages[0].content_type: 'a\\r\\nb: c' is not a media type; allowed: "
       "TYPE/SUBTYPE, as text/plain"},
  });
}

TEST(Problems, OfTheAccessLog) {
  ExpectProblems({
      {"access_log:\n  format: JSON\n  file: /nonexistent/access.log\n",
       "t.yaml:3: access_log.file: '/nonexistent/access.log' cannot be written; allowed: \"-\" for "
       "stdout, or a file that this user may write or make"},
      {"access_log:\n  format: JSON\n  file: /\n",
       "t.yaml:3: access_log.file: '/' cannot be written; allowed: \"-\" for stdout, or a file "
       "that "
       "this user may write or make"},
      {"access_log:\n  format: JSON\n  file: /dev/null\n", ""},
      {"access_log:\n  file: /nonexistent/access.log\n", ""},
  });
}

TEST(Problems, AreAllReported) {
  EXPECT_EQ(ProblemsOf(LoadYaml("limits:\n  fields_max: 0\n  body_byte_max: 1\n"
                                "log:\n  level: LOUD\nhttp:\n  - address: nowhere\n"))
                .substr(0, 70),
            "t.yaml:2: limits.fields_max: '0' is out of range; allowed: 1 to 10000\n");
  const std::string problems = ProblemsOf(LoadYaml(
      "limits:\n  fields_max: 0\nlog:\n  level: LOUD\nhttp:\n  - address: nowhere\nx: y\n"));
  for (std::string_view line : {"t.yaml:2: ", "t.yaml:4: ", "t.yaml:6: ", "t.yaml:7: "}) {
    EXPECT_NE(problems.find(line), std::string::npos) << problems;
  }
}

TEST(Problems, AreShownTwentyAtMost) {
  std::string yaml = "pools:\n";
  for (int i = 0; i < 25; ++i) yaml += "  - {name: p" + std::to_string(i) + ", service: x}\n";
  const std::string problems = ProblemsOf(LoadYaml(yaml));
  EXPECT_EQ(std::count(problems.begin(), problems.end(), '\n'), 20);
  EXPECT_EQ(problems.substr(problems.rfind('\n')), "\nand 5 more");
}

TEST(Problems, OfAProgramsOwnDefaultAreReportedToo) {
  const auto loaded = Compose({}, "http:\n  - port: 80\n", KnownServices());
  EXPECT_EQ(ProblemsOf(loaded).rfind("embedded default:2: http[0].port: there is no field ", 0), 0);
}

TEST(Problems, OfFilesThatCannotBeRead) {
  Source source;
  source.file = "/nonexistent.yaml";
  source.env_files = {"/nonexistent.env", "/"};
  EXPECT_EQ(ProblemsOf(Load(source, DefaultConfig(), KnownServices())),
            "/nonexistent.yaml: cannot be read: No such file or directory\n"
            "/nonexistent.env: cannot be read: No such file or directory\n"
            "/: cannot be read: Is a directory");
}

}  // namespace
}  // namespace troupe::config
