#include "runtime/config/print.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "loading.h"

namespace troupe::config {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;

void ExpectSurvivesPrinting(const Inputs& inputs) {
  const auto loaded = LoadInputs(inputs);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const std::string printed = PrintConfig(loaded->config, loaded->origins);
  const auto again = LoadYaml(printed);
  ASSERT_TRUE(again.ok()) << again.status() << "\n" << printed;
  EXPECT_TRUE(MessageDifferencer::Equals(loaded->config, again->config)) << printed;
  EXPECT_TRUE(again->warnings.empty());
}

TEST(PrintConfig, PrintsEachValueWithItsOrigin) {
  Inputs inputs = FromFile(
      "limits:\n  fields_max: 5\npools:\n  - name: p\n    service: echo\n    options: {a: b}\n");
  inputs.environment["TROUPE_DRAIN_DELAY"] = "5s";
  inputs.sets.push_back({"http[0].address=[::1]:80", "--http"});
  const auto loaded = LoadInputs(inputs);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const std::string printed = PrintConfig(loaded->config, loaded->origins);
  EXPECT_THAT(printed, HasSubstr("http:\n  - address: \"[::1]:80\"  # --http\n"
                                 "    unix_mode: 0660  # default\n"));
  EXPECT_THAT(printed, HasSubstr("\n  fields_max: 5  # t.yaml:2\n"));
  EXPECT_THAT(printed, HasSubstr("\n  body_bytes_max: 1MiB  # default\n"));
  EXPECT_THAT(printed, HasSubstr("\n  delay: 5s  # environment TROUPE_DRAIN_DELAY\n"));
  EXPECT_THAT(printed, HasSubstr("\n  count: auto  # default\n"));
  EXPECT_THAT(printed, HasSubstr("pools:\n  - name: p  # t.yaml:4\n    service: echo  # t.yaml:5\n"
                                 "    options:\n      a: b  # t.yaml:6\n"));
  EXPECT_THAT(printed, HasSubstr("\nroutes: []  # default\n"));
}

TEST(PrintConfig, OfTheDefaultLoadsToTheSame) { ExpectSurvivesPrinting({}); }

TEST(PrintConfig, OfEveryKindOfValueLoadsToTheSame) {
  ExpectSurvivesPrinting(FromFile(R"(
http: [{address: "unix:/run/a b.sock", unix_mode: 600}, {address: "0.0.0.0:0", keep_alive: off}]
reactors: {count: 2, cpu_affinity: [1, 0]}
limits: {body_bytes_max: 1TiB, field_bytes_max: 1000, connections_max: 5}
timeouts: {head: 1500ms, keep_alive: 24h, body_rate_bytes_min: off, linger: 0}
trusted_proxies: [10.0.0.0/8, "2001:db8::/32", "::1"]
drain: {delay: 1m30s}
pools:
  - name: a
    service: respond
    options: {"": "", "key: x": "null", y: "~", n: "a\nb\t\"\\\x01 c # d"}
  - {name: b, service: echo, placement: dedicated, queue_max: 0, restart: {backoff_max: 100ms}}
routes:
  - {methods: [GET, PUT], host: "*.example.org", path: "/a/{b}/*", pool: a, rewrite: "/{*}"}
  - {path: "/*", redirect: {location: "https://example.org/{*}", status: 308}}
  - {path: /up, pool: b, body_bytes_max: 0, request_timeout: 1ms, cancel_on_disconnect: NEVER}
error_pages: [{statuses: [502, 503], body: "ä <b>\r\n", content_type: text/html}]
log: {level: "OFF", format: JSON}
access_log: {format: text}
)"));
}

TEST(PrintConfig, OfEmptyListsLoadsToTheSame) {
  ExpectSurvivesPrinting(FromFile("pools: []\nerror_pages: []\ntrusted_proxies: []\n"));
}

TEST(PrintConfig, IsNotBrokenByAFileName) {
  Inputs inputs = FromFile("log: {level: INFO}\n");
  inputs.file->name = "a\nlog: {level: OFF}";
  ExpectSurvivesPrinting(inputs);
}

}  // namespace
}  // namespace troupe::config
