// Roles, tokens, sockets and the audit log in one process. Who may what over every transport is in
// battery/access_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <set>
#include <string>

#include "admin/access.h"
#include "admin/sockets.h"
#include "admin/tokens.h"
#include "tests/admin/running_admin.h"
#include "tests/server/harness.h"
#include "troupe/admin/v1/config.grpc.pb.h"
#include "troupe/admin/v1/connections.grpc.pb.h"
#include "troupe/admin/v1/crashes.grpc.pb.h"
#include "troupe/admin/v1/ledger.grpc.pb.h"
#include "troupe/admin/v1/pools.grpc.pb.h"
#include "troupe/admin/v1/requests.grpc.pb.h"
#include "troupe/admin/v1/server.grpc.pb.h"
#include "troupe/admin/v1/stats.grpc.pb.h"

namespace troupe::admin {
namespace {

using config::v1::Admin;
using grpc::StatusCode;
using telemetry::ReadFile;
using testing::ElementsAre;
using testing::HasSubstr;

const char kObserver[] = "observer-token-0123456789";
const char kOperator[] = "operator-token-0123456789";

std::string TokensText() {
  return std::string("# for tests\nOBSERVER:eve:") + kObserver + "\nOPERATOR:olga:" + kOperator +
         "\n";
}

// The codes of one call for each right: to observe, to view, to operate.
std::vector<StatusCode> Codes(RunningAdmin& admin, const std::string& target,
                              const std::string& token = "") {
  auto channel = admin.ChannelTo(target);
  v1::LedgerSnapshot ledger;
  v1::ListRequestsResponse requests;
  v1::ReopenLogsResponse reopened;
  return {
      Call(channel, &v1::Ledger::Stub::GetLedger, v1::GetLedgerRequest(), &ledger, token)
          .error_code(),
      Call(channel, &v1::Requests::Stub::ListRequests, v1::ListRequestsRequest(), &requests, token)
          .error_code(),
      Call(channel, &v1::Server::Stub::ReopenLogs, v1::ReopenLogsRequest(), &reopened, token)
          .error_code()};
}

constexpr auto kOk = StatusCode::OK;
constexpr auto kDenied = StatusCode::PERMISSION_DENIED;
constexpr auto kUnknown = StatusCode::UNAUTHENTICATED;

TEST(AdminSecurity, EveryMethodOfTheApiIsInTheTable) {
  std::set<std::string> methods;
  for (const char* file :
       {"config", "connections", "crashes", "ledger", "pools", "requests", "server", "stats"}) {
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
        std::string("troupe/admin/v1/") + file + ".proto");
    ASSERT_NE(descriptor, nullptr) << file;
    const auto* service = descriptor->service(0);
    for (int i = 0; i < service->method_count(); ++i) {
      methods.insert("/" + service->full_name() + "/" + service->method(i)->name());
    }
  }
  for (const std::string& method : methods) EXPECT_NE(RuleFor(method), nullptr) << method;
  for (const MethodRule& rule : MethodRules()) {
    if (rule.method.find("grpc.health") == std::string_view::npos) {
      EXPECT_TRUE(methods.contains(std::string(rule.method))) << rule.method;
    }
  }
  EXPECT_EQ(RuleFor("/troupe.admin.v1.Server/Unheard"), nullptr);
}

TEST(AdminSecurity, ARoleMayWhatThoseBelowItMay) {
  EXPECT_FALSE(Allows(Admin::ROLE_UNSPECIFIED, Admin::OBSERVER));
  EXPECT_TRUE(Allows(Admin::OPERATOR, Admin::VIEWER));
  EXPECT_FALSE(Allows(Admin::VIEWER, Admin::OPERATOR));
}

TEST(AdminSecurity, TheSocketsOwnerMayAllAndNobodyElseCanConnect) {
  RunningAdmin admin;
  EXPECT_THAT(Codes(admin, admin.socket()), ElementsAre(kOk, kOk, kOk));
  struct stat info {};
  ASSERT_EQ(stat(admin.socket().substr(5).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(AdminSecurity, GuessingIsSlowedDown) {
  telemetry::TempDir folder;
  const std::string file = folder.File("tokens");
  std::ofstream(file) << TokensText();
  chmod(file.c_str(), 0600);
  RunningAdmin admin(
      {.environment = {},
       .admin_yaml = "failed_logins_per_second_max: 1, tokens_file: '" + file + "'"});
  std::set<StatusCode> codes;
  for (int i = 0; i < 50; ++i) {
    for (StatusCode code : Codes(admin, admin.address(), "wrong-token-0123456789")) {
      codes.insert(code);
    }
  }
  EXPECT_EQ(codes, (std::set{kUnknown, StatusCode::RESOURCE_EXHAUSTED}));
}

TEST(AdminSecurity, ChangesAreAuditedBeforeAndAfterWithOneId) {
  telemetry::TempDir folder;
  const std::string file = folder.File("audit.log");
  RunningAdmin admin({.environment = {}, .admin_yaml = "audit_file: '" + file + "'"});
  EXPECT_THAT(Codes(admin, admin.socket()), ElementsAre(kOk, kOk, kOk));
  EXPECT_THAT(Codes(admin, admin.address()), ElementsAre(kOk, kDenied, kDenied));
  const std::string text = ReadFile(file);
  EXPECT_THAT(text, HasSubstr("\"id\":1,\"event\":\"before\",\"who\":\"socket owner\","
                              "\"role\":\"ADMIN\""));
  EXPECT_THAT(text, HasSubstr("\"id\":1,\"event\":\"after\",\"code\":\"OK\""));
  EXPECT_THAT(text, HasSubstr("\"event\":\"refused\",\"who\":\"anybody on this machine\","
                              "\"role\":\"OBSERVER\""));
  EXPECT_THAT(text, HasSubstr("Server/ReopenLogs\",\"code\":\"PERMISSION_DENIED\""));
}

TEST(AdminSecurity, WhatCannotBeAuditedIsNotDone) {
  RunningAdmin admin({.environment = {}, .admin_yaml = "audit_file: /dev/full"});
  v1::ApplyConfigRequest request;
  request.add_assignments("limits.body_bytes_max=5");
  v1::ApplyConfigResponse response;
  grpc::Status status = Call(admin.channel(), &v1::Config::Stub::ApplyConfig, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("audit"));
  EXPECT_EQ(admin.live().revision(), 1);
}

TEST(AdminSecurity, AnAddressBeyondLoopbackWithoutCredentialsIsRefusedAtStart) {
  Admin config;
  config.set_address("0.0.0.0:9901");
  EXPECT_THAT(std::string(CheckAdmin(config).message()), HasSubstr("callers must be known"));
  config.set_tokens_file("/etc/tokens");
  EXPECT_TRUE(CheckAdmin(config).ok());
  config.clear_tokens_file();
  config.mutable_tls()->set_client_ca_file("ca");
  EXPECT_THAT(std::string(CheckAdmin(config).message()), HasSubstr("cert_file"));
  config.set_address("[::1]:9901");
  config.clear_tls();
  EXPECT_TRUE(CheckAdmin(config).ok());
  config.set_address("localhost:9901");
  EXPECT_FALSE(CheckAdmin(config).ok()) << "names are not looked up";
}

TEST(Tokens, AreRefusedWhenTheyAreShortOrHaveNoRoleOrOthersMayReadThem) {
  EXPECT_TRUE(ParseTokens(TokensText()).ok());
  EXPECT_THAT(std::string(ParseTokens("VIEWER:a:short").status().message()), HasSubstr("line 1"));
  EXPECT_FALSE(ParseTokens("ROOT:a:0123456789012345678901").ok());
  EXPECT_FALSE(ParseTokens("VIEWER::0123456789012345678901").ok());
  telemetry::TempDir folder;
  const std::string file = folder.File("tokens");
  std::ofstream(file) << TokensText();
  for (const mode_t mode : {0644, 0660, 0604, 0666}) {
    chmod(file.c_str(), mode);
    EXPECT_THAT(std::string(TokenFile::Open(file).status().message()), HasSubstr("chmod 0600"))
        << std::oct << mode;
  }
}

TEST(Tokens, MayBeReadByTheServersGroupAsKubernetesGivesOutSecrets) {
  telemetry::TempDir folder;
  const std::string file = folder.File("tokens");
  std::ofstream(file) << TokensText();
  for (const mode_t mode : {0600, 0640, 0440, 0400}) {
    chmod(file.c_str(), mode);
    EXPECT_TRUE(TokenFile::Open(file).ok()) << std::oct << mode;
  }
}

TEST(Tokens, AreReadAgainWhenTheFileHasChangedAndStayWhenItCannotBeUsed) {
  telemetry::TempDir folder;
  const std::string file = folder.File("tokens");
  std::ofstream(file) << TokensText();
  chmod(file.c_str(), 0600);
  auto tokens = TokenFile::Open(file);
  ASSERT_TRUE(tokens.ok());
  const std::string other(32, 'o');
  std::ofstream(file) << "VIEWER:vera:" << other << "\n";
  EXPECT_TRUE(Eventually([&] { return (*tokens)->Find(other).has_value(); }));
  EXPECT_FALSE((*tokens)->Find(kObserver).has_value()) << "taken away";
  std::ofstream(file) << "nonsense\n";
  EXPECT_FALSE((*tokens)->Reload().ok());
  EXPECT_TRUE((*tokens)->Find(other).has_value());
}

TEST(Sockets, TheFolderIsWhereTheManagerSaysElseWhereTheUserHasOneElseTheSystems) {
  std::map<std::string, std::string> environment = {{"RUNTIME_DIRECTORY", "/run/a:/run/b"},
                                                    {"XDG_RUNTIME_DIR", "/run/user/1"}};
  auto look = [&](const char* name) -> std::optional<std::string> {
    auto at = environment.find(name);
    return at == environment.end() ? std::nullopt : std::optional(at->second);
  };
  EXPECT_EQ(DefaultFolder(look), "/run/a");
  environment.erase("RUNTIME_DIRECTORY");
  EXPECT_EQ(DefaultFolder(look), "/run/user/1/troupe");
  environment.clear();
  EXPECT_EQ(DefaultFolder(look), "/run/troupe");
}

TEST(Sockets, ASocketInUseIsNotTakenAndADeadOneIsRemoved) {
  RunningAdmin admin;
  EXPECT_FALSE(PrepareSocket(admin.socket().substr(5)).ok());
  telemetry::TempDir folder;
  std::ofstream(folder.File("file")) << "x";
  EXPECT_FALSE(PrepareSocket(folder.File("file")).ok()) << "not a socket";
  EXPECT_FALSE(PrepareSocket("/" + std::string(200, 'a')).ok());
  EXPECT_TRUE(PrepareSocket(folder.File("new/admin.sock")).ok());
}

}  // namespace
}  // namespace troupe::admin
