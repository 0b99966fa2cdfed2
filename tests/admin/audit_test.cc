// What the audit log says of changes: values before and after, without secrets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "admin/audit_log.h"
#include "tests/admin/running_admin.h"
#include "tests/server/harness.h"
#include "troupe/admin/v1/config.grpc.pb.h"
#include "troupe/admin/v1/pools.grpc.pb.h"
#include "troupe/admin/v1/server.grpc.pb.h"

namespace troupe::admin {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Value;

class Audit : public testing::Test {
 protected:
  std::string Text() const { return telemetry::ReadFile(file_); }
  template <class S, class Request, class Response>
  void Do(grpc::Status (S::*method)(grpc::ClientContext*, const Request&, Response*),
          const Request& request) {
    Response response;
    grpc::Status status = Call(admin.channel(), method, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  telemetry::TempDir folder_;
  const std::string file_ = folder_.File("audit.log");
  RunningAdmin admin{{.environment = {},
                      .admin_yaml = "audit_file: '" + file_ + "'",
                      .pool_yaml = "options: {password: hunter2}"}};
};

TEST_F(Audit, AnUpdateOfAPoolSaysWhatEachBoundWas) {
  v1::UpdatePoolRequest request;
  request.mutable_pool()->set_name("pools/test");
  request.mutable_pool()->set_queue_max(77);
  Do(&v1::Pools::Stub::UpdatePool, request);
  EXPECT_THAT(Text(), HasSubstr("\"changes\":[{\"path\":\"pools[0].queue_max\",\"before\":\"0\","
                                "\"after\":\"77\"}]"));
}

TEST_F(Audit, AChangeOfTheConfigurationSaysEachPathWithBothValues) {
  v1::ApplyConfigRequest request;
  request.add_assignments("limits.fields_max=50");
  request.add_assignments("drain.delay=1s");
  Do(&v1::Config::Stub::ApplyConfig, request);
  EXPECT_THAT(Text(), HasSubstr("{\"path\":\"limits.fields_max\",\"before\":\"100\","
                                "\"after\":\"50\"}"));
  EXPECT_THAT(Text(), HasSubstr("{\"path\":\"drain.delay\",\"before\":\"off\",\"after\":\"1s\"}"));
  Do(&v1::Config::Stub::RollbackConfig, v1::RollbackConfigRequest());
  EXPECT_THAT(Text(), HasSubstr("{\"path\":\"limits.fields_max\",\"before\":\"50\","
                                "\"after\":\"100\"}"));
}

TEST_F(Audit, ADryRunHasChangedNothing) {
  v1::ApplyConfigRequest request;
  request.add_assignments("limits.fields_max=50");
  request.set_validate_only(true);
  Do(&v1::Config::Stub::ApplyConfig, request);
  EXPECT_THAT(Text(), Not(HasSubstr("\"changes\"")));
}

TEST_F(Audit, ALogLevelSaysWhatItWas) {
  v1::SetLogLevelRequest request;
  request.set_component("pool test");
  request.set_level(v1::LogLevels::WARNING);
  Do(&v1::Server::Stub::SetLogLevel, request);
  request.set_level(v1::LogLevels::DEBUG);
  Do(&v1::Server::Stub::SetLogLevel, request);
  EXPECT_THAT(Text(), HasSubstr("{\"path\":\"log.level of pool test\",\"before\":\"WARNING\","
                                "\"after\":\"DEBUG\"}"));
  request.set_level(v1::LogLevels::LEVEL_UNSPECIFIED);
  Do(&v1::Server::Stub::SetLogLevel, request);
}

TEST_F(Audit, SuspendAndResumeSayTheState) {
  v1::SuspendPoolRequest suspend;
  suspend.set_name("pools/test");
  Do(&v1::Pools::Stub::SuspendPool, suspend);
  EXPECT_THAT(Text(), HasSubstr("{\"path\":\"pools/test.state\",\"before\":\"RUNNING\","
                                "\"after\":\"SUSPENDED\"}"));
  v1::ResumePoolRequest resume;
  resume.set_name("pools/test");
  Do(&v1::Pools::Stub::ResumePool, resume);
  EXPECT_THAT(Text(), HasSubstr("\"before\":\"SUSPENDED\",\"after\":\"RUNNING\""));
}

TEST_F(Audit, SaysWhatWentBackByItself) {
  v1::ApplyConfigRequest request;
  request.add_assignments("limits.fields_max=50");
  request.mutable_confirm_within()->set_nanos(1'000'000);
  Do(&v1::Config::Stub::ApplyConfig, request);
  EXPECT_TRUE(Eventually([&] {
    return Value(Text(), HasSubstr("{\"path\":\"limits.fields_max\",\"before\":\"50\","
                                   "\"after\":\"100\"}"));
  }));
  EXPECT_THAT(Text(), HasSubstr("\"method\":\"Revert\""));
  EXPECT_THAT(Text(), HasSubstr("confirm_within"));
}

TEST_F(Audit, HoldsNoSecretWhateverWasSent) {
  v1::ApplyConfigRequest request;
  request.add_assignments("pools.test.options.password=correct-horse");
  v1::ApplyConfigResponse response;
  Call(admin.channel(), &v1::Config::Stub::ApplyConfig, request, &response);
  request.clear_assignments();
  request.set_yaml("pools: [{name: test, service: test, options: {password: correct-horse}}]");
  Call(admin.channel(), &v1::Config::Stub::ApplyConfig, request, &response);
  request.clear_yaml();
  (*request.mutable_config()->add_pools()->mutable_options())["password"] = "correct-horse";
  Call(admin.channel(), &v1::Config::Stub::ApplyConfig, request, &response);
  EXPECT_THAT(Text(), HasSubstr("[redacted]"));
  EXPECT_THAT(Text(), Not(HasSubstr("correct-horse")));
  EXPECT_THAT(Text(), Not(HasSubstr("hunter2")));
}

TEST(AuditLog, OfVeryManyChangesLeavesOutTheLastAndSaysHowMany) {
  telemetry::TempDir folder;
  auto log = AuditLog::Open(folder.File("audit.log"));
  ASSERT_TRUE(log.ok());
  Changes changes;
  for (int i = 0; i < 1000; ++i) Note(changes, "path", "", std::string(1000, 'x'));
  (*log)->After(1, absl::OkStatus(), "", changes);
  const std::string text = telemetry::ReadFile(folder.File("audit.log"));
  EXPECT_LT(text.size(), 80'000u);
  EXPECT_THAT(text, HasSubstr("],\"more\":9"));
}

}  // namespace
}  // namespace troupe::admin
