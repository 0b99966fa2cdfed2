#include "runtime/config/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "runtime/config/diff.h"
#include "runtime/config/print.h"
#include "tests/config/loading.h"

namespace troupe::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Inputs WithOptions(const std::string& options) {
  return FromFile("pools: [{name: echo, service: echo,\n  options: {" + options + "}}]\n");
}

v1::Config ConfigWith(const std::string& options, const v1::Config* known = nullptr) {
  Inputs inputs = WithOptions(options);
  inputs.known = known;
  absl::StatusOr<Loaded> loaded = LoadInputs(inputs);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  return loaded.ok() ? loaded->config : v1::Config();
}

std::string OptionOf(const v1::Config& config, const std::string& name) {
  return config.pools(0).options().at(name);
}

TEST(Secrets, AreToldByTheNameOfTheirOption) {
  for (const char* name : {"password", "DB_PASSWORD", "api_token", "clientSecret", "apikey",
                           "private_key_pem", "aws.credentials"}) {
    EXPECT_TRUE(IsSecret(name, "x")) << name;
  }
  for (const char* name : {"body", "status", "key", "author", "file"}) {
    EXPECT_FALSE(IsSecret(name, "x")) << name;
  }
  EXPECT_FALSE(IsSecret("password", "")) << "there is nothing to hide";
}

TEST(Secrets, AreToldByAnAddressWithAPassword) {
  EXPECT_TRUE(IsSecret("database", "postgres://me:pw@host/db"));
  EXPECT_FALSE(IsSecret("database", "postgres://me@host/db"));
  EXPECT_FALSE(IsSecret("database", "http://host:80/a@b:c"));
}

TEST(Secrets, AReferenceIsNone) {
  EXPECT_FALSE(IsSecret("password", "{file: /run/secrets/pw}"));
  EXPECT_FALSE(IsSecret("password", Reference("env", "PW")));
  EXPECT_TRUE(IsSecret("password", "{url: x}")) << "no reference";
}

TEST(Secrets, AreRedactedInAConfigurationAndItsDifferences) {
  v1::Config before = ConfigWith("password: one, body: b");
  v1::Config after = ConfigWith("password: two, body: b");
  const std::vector<admin::v1::Change> changes = Diff(before, after);
  ASSERT_EQ(changes.size(), 1u) << "that it has changed may be known";
  EXPECT_EQ(changes[0].path(), "pools[0].options.password");
  EXPECT_EQ(changes[0].before(), kRedacted);
  EXPECT_EQ(changes[0].after(), kRedacted);
  EXPECT_TRUE(RedactSecrets(after));
  EXPECT_EQ(OptionOf(after, "password"), kRedacted);
  EXPECT_EQ(OptionOf(after, "body"), "b");
  v1::Config without = ConfigWith("body: b");
  EXPECT_FALSE(RedactSecrets(without));
}

TEST(Secrets, AreRedactedInAssignments) {
  EXPECT_EQ(RedactAssignment("pools.echo.options.password=a=b"),
            "pools.echo.options.password=[redacted]");
  EXPECT_EQ(RedactAssignment("pools.echo.options.body=a"), "pools.echo.options.body=a");
  EXPECT_EQ(RedactAssignment("limits.fields_max=5"), "limits.fields_max=5");
  EXPECT_EQ(RedactAssignment("no assignment"), "no assignment");
}

TEST(Secrets, WhatWasShownComesBackWhole) {
  const v1::Config known = ConfigWith("password: one, body: a");
  const v1::Config back = ConfigWith("password: '[redacted]', body: b", &known);
  EXPECT_EQ(OptionOf(back, "password"), "one");
  EXPECT_EQ(OptionOf(back, "body"), "b");
}

TEST(Secrets, ARedactedValueThatStandsForNothingIsRefusedWithItsLine) {
  EXPECT_THAT(ProblemsOf(LoadInputs(WithOptions("password: '[redacted]'"))),
              HasSubstr("t.yaml:2: pools[0].options.password: [redacted] only stands for"));
}

TEST(SecretReferences, AreReadFromFilesAndKeptWhenPrinted) {
  const v1::Config config = ConfigWith("password: {file: /run/pw}, other: {env: PW}");
  EXPECT_EQ(OptionOf(config, "password"), "{file: /run/pw}");
  EXPECT_EQ(OptionOf(config, "other"), "{env: PW}");
  absl::StatusOr<Loaded> again = LoadYaml(PrintConfig(config));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(OptionOf(again->config, "password"), "{file: /run/pw}");
}

TEST(SecretReferences, AreResolvedFromFilesAndVariables) {
  const std::string path = testing::TempDir() + "/secret_reference";
  std::ofstream(path) << "s3cret\n";
  setenv("TROUPE_TEST_SECRET", "from outside", 1);
  EXPECT_EQ(*Resolve(Reference("file", path)), "s3cret") << "without the end of the line";
  EXPECT_EQ(*Resolve(Reference("env", "TROUPE_TEST_SECRET")), "from outside");
  EXPECT_EQ(*Resolve("plain"), "plain");
  const v1::Config config = ConfigWith("password: {file: " + path + "}");
  absl::StatusOr<v1::Pool> pool = WithSecrets(config.pools(0));
  ASSERT_TRUE(pool.ok());
  EXPECT_EQ(pool->options().at("password"), "s3cret");
}

TEST(SecretReferences, ThatLeadNowhereSayWhatToDo) {
  EXPECT_THAT(std::string(Resolve("{file: /none/such}").status().message()),
              HasSubstr("cannot read /none/such"));
  EXPECT_THAT(std::string(Resolve("{env: TROUPE_TEST_NONE}").status().message()),
              HasSubstr("there is no TROUPE_TEST_NONE in the environment"));
  const v1::Config config = ConfigWith("password: {env: TROUPE_TEST_NONE}");
  EXPECT_THAT(std::string(WithSecrets(config.pools(0)).status().message()),
              HasSubstr("the option 'password'"));
}

TEST(Secrets, StandInFilesThatOthersMayNotReadOnly) {
  const std::string path = testing::TempDir() + "/with_secret.yaml";
  std::ofstream(path) << WithOptions("password: s3cret").file->text;
  const auto load = [&](mode_t mode) {
    chmod(path.c_str(), mode);
    const Source source{.file = path, .env_files = {}, .environment = {}, .sets = {}};
    return Load(source, DefaultConfig(), KnownServices());
  };
  EXPECT_TRUE(load(0600).ok());
  EXPECT_THAT(std::string(load(0644).status().message()),
              AllOf(HasSubstr(path + ":"), HasSubstr("pools[0].options.password"),
                    HasSubstr("chmod 600 " + path), Not(HasSubstr("s3cret"))));
  std::ofstream(path) << WithOptions("password: {env: PASSWORD}").file->text;
  EXPECT_TRUE(load(0644).ok()) << "a reference is no secret";
}

TEST(SecretReferences, OtherGroupsAreNoValues) {
  EXPECT_THAT(ProblemsOf(LoadInputs(WithOptions("body: {url: x}"))),
              HasSubstr("{file: PATH} or {env: NAME}"));
}

}  // namespace
}  // namespace troupe::config
