// What the configuration says of itself: where values came from, and no secrets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/admin/running_admin.h"
#include "tests/server/harness.h"
#include "troupe/admin/v1/config.grpc.pb.h"
#include "troupe/admin/v1/pools.grpc.pb.h"

namespace troupe::admin {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using testing::Not;

v1::ConfigView View(RunningAdmin& admin, const std::string& name = "") {
  v1::GetConfigRequest request;
  request.set_name(name);
  request.set_include_defaults(true);
  v1::ConfigView view;
  grpc::Status status = Call(admin.channel(), &v1::Config::Stub::GetConfig, request, &view);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return view;
}

std::map<std::string, std::string> Origins(const v1::ConfigView& view) {
  std::map<std::string, std::string> origins;
  for (const v1::Setting& setting : view.settings()) origins[setting.path()] = setting.origin();
  return origins;
}

grpc::Status Apply(RunningAdmin& admin, const v1::ApplyConfigRequest& request) {
  v1::ApplyConfigResponse response;
  return Call(admin.channel(), &v1::Config::Stub::ApplyConfig, request, &response);
}

grpc::Status Assign(RunningAdmin& admin, const std::string& assignment) {
  v1::ApplyConfigRequest request;
  request.add_assignments(assignment);
  return Apply(admin, request);
}

TEST(ConfigOrigins, NameTheFileAndItsLine) {
  RunningAdmin admin({.environment = {{"TROUPE_LIMITS_FIELDS_MAX", "50"}}});
  const auto origins = Origins(View(admin));
  EXPECT_EQ(origins.at("reactors.count"), admin.config_file() + ":2");
  EXPECT_EQ(origins.at("drain.read"), admin.config_file() + ":3");
  EXPECT_EQ(origins.at("limits.fields_max"), "environment TROUPE_LIMITS_FIELDS_MAX");
  EXPECT_EQ(origins.at("limits.body_bytes_max"), "default");
}

TEST(ConfigOrigins, NameTheRevisionOfALiveChangeAndTheFileForAllElse) {
  RunningAdmin admin;
  ASSERT_TRUE(Assign(admin, "limits.fields_max=60").ok());
  ASSERT_TRUE(Assign(admin, "drain.read=20ms").ok());
  auto origins = Origins(View(admin));
  EXPECT_EQ(origins.at("limits.fields_max"), "revision 2");
  EXPECT_EQ(origins.at("drain.read"), "revision 3");
  EXPECT_EQ(origins.at("drain.timeout"), admin.config_file() + ":3");
  EXPECT_EQ(origins.at("limits.body_bytes_max"), "default");
  EXPECT_EQ(Origins(View(admin, "revisions/2")).at("drain.read"), admin.config_file() + ":3");
  ASSERT_TRUE(Assign(admin, "drain.read=10ms").ok());
  EXPECT_EQ(Origins(View(admin)).at("drain.read"), admin.config_file() + ":3") << "as there";
}

TEST(ConfigOrigins, FollowAReloadedFile) {
  RunningAdmin admin;
  admin.AppendToConfig("limits: {body_bytes_max: 5}\n");
  admin.live().RequestReload();
  ASSERT_TRUE(Eventually([&] { return View(admin).revision().number() == 2; }));
  EXPECT_EQ(Origins(View(admin)).at("limits.body_bytes_max"), admin.config_file() + ":7");
}

TEST(ConfigSources, AnUpdateOfAPoolIsOne) {
  RunningAdmin admin;
  v1::UpdatePoolRequest request;
  request.mutable_pool()->set_name("pools/test");
  request.mutable_pool()->set_queue_max(77);
  request.set_reason("a burst");
  v1::UpdatePoolResponse response;
  ASSERT_TRUE(Call(admin.channel(), &v1::Pools::Stub::UpdatePool, request, &response).ok());
  EXPECT_EQ(View(admin).revision().source(), v1::Revision::UPDATE_POOL);
  EXPECT_EQ(View(admin).revision().reason(), "a burst");
}

class ConfigSecrets : public testing::Test {
 protected:
  RunningAdmin admin{
      {.environment = {}, .admin_yaml = "", .pool_yaml = "options: {password: hunter2}, "}};
};

TEST_F(ConfigSecrets, AreNotShown) {
  ASSERT_TRUE(Assign(admin, "limits.fields_max=60").ok());
  const v1::ConfigView view = View(admin);
  EXPECT_THAT(view.DebugString(), Not(HasSubstr("hunter2")));
  EXPECT_EQ(view.config().pools(0).options().at("password"), "[redacted]");
  v1::DiffRevisionsRequest request;
  v1::DiffRevisionsResponse diff;
  ASSERT_TRUE(Call(admin.channel(), &v1::Config::Stub::DiffRevisions, request, &diff).ok());
  EXPECT_THAT(diff.DebugString(), Not(HasSubstr("hunter2")));
  v1::ListRevisionsResponse list;
  Call(admin.channel(), &v1::Config::Stub::ListRevisions, v1::ListRevisionsRequest(), &list);
  EXPECT_THAT(list.DebugString(), Not(HasSubstr("hunter2")));
}

TEST_F(ConfigSecrets, OfAConfigurationThatWasReadAndComesBackAreKept) {
  v1::ApplyConfigRequest request;
  request.set_yaml(View(admin).yaml());
  grpc::Status status = Apply(admin, request);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(View(admin).revision().number(), 1) << "nothing differs";
  request.clear_yaml();
  *request.mutable_config() = View(admin).config();
  request.mutable_config()->mutable_limits()->set_fields_max(60);
  status = Apply(admin, request);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(admin.live().loaded().config.pools(0).options().at("password"), "hunter2");
}

TEST_F(ConfigSecrets, CannotBeChangedLiveNorAreTheySaidThen) {
  grpc::Status status = Assign(admin, "pools.test.options.password=correct-horse");
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("pools[0].options.password"));
  EXPECT_THAT(status.error_message(), Not(HasSubstr("correct-horse")));
}

}  // namespace
}  // namespace troupe::admin
