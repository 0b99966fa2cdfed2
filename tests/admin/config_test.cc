#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/admin/running_admin.h"
#include "tests/server/client.h"
#include "tests/server/harness.h"
#include "troupe/admin/v1/config.grpc.pb.h"

namespace troupe::admin {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using testing::Not;

v1::ConfigView View(RunningAdmin& admin, const std::string& name = "") {
  v1::GetConfigRequest request;
  request.set_name(name);
  v1::ConfigView view;
  grpc::Status status = Call(admin.channel(), &v1::Config::Stub::GetConfig, request, &view);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return view;
}

v1::ApplyConfigRequest Assign(const std::string& assignment) {
  v1::ApplyConfigRequest request;
  request.add_assignments(assignment);
  return request;
}

v1::ApplyConfigRequest AssignUnconfirmed(const std::string& assignment) {
  v1::ApplyConfigRequest request = Assign(assignment);
  request.mutable_confirm_within()->set_seconds(600);
  return request;
}

grpc::Status Apply(RunningAdmin& admin, const v1::ApplyConfigRequest& request,
                   v1::ApplyConfigResponse* response) {
  return Call(admin.channel(), &v1::Config::Stub::ApplyConfig, request, response);
}

grpc::Status Apply(RunningAdmin& admin, const std::string& assignment) {
  v1::ApplyConfigResponse response;
  return Apply(admin, Assign(assignment), &response);
}

int StatusOf(RunningAdmin& admin, const std::string& request) {
  Client client(admin.http_address());
  EXPECT_TRUE(client.Connect());
  return client.Ask(request).status;
}

TEST(AdminConfig, AChangeTakesEffectForTheNextRequest) {
  RunningAdmin admin;
  const std::string request = PostRequest("/echo", "0123456789");
  EXPECT_EQ(StatusOf(admin, request), 200);
  v1::ApplyConfigResponse response;
  grpc::Status status = Apply(admin, Assign("limits.body_bytes_max=5"), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.revision().number(), 2);
  EXPECT_EQ(response.revision().author(), "socket owner");
  EXPECT_EQ(admin.server().Stats().revision, 2u);
  ASSERT_EQ(response.changes_size(), 1);
  EXPECT_EQ(response.changes(0).path(), "limits.body_bytes_max");
  EXPECT_EQ(response.changes(0).before(), "1MiB");
  EXPECT_EQ(response.changes(0).after(), "5");
  EXPECT_EQ(StatusOf(admin, request), 413);
}

TEST(AdminConfig, AListenersSettingIsThatOfConnectionsFromThenOn) {
  RunningAdmin admin;
  Client before(admin.http_address());
  ASSERT_TRUE(before.Connect());
  EXPECT_FALSE(before.Get("/now").closes());
  v1::ApplyConfigResponse response;
  grpc::Status status = Apply(admin, Assign("http[0].keep_alive=false"), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.changes(0).apply(), "NEW_CONNECTIONS");
  EXPECT_FALSE(before.Get("/now").closes()) << "it was there before";
  Client after(admin.http_address());
  ASSERT_TRUE(after.Connect());
  EXPECT_TRUE(after.Get("/now").closes());
}

TEST(AdminConfig, ARequestInFlightEndsUnderTheRevisionItBeganWith) {
  RunningAdmin admin;
  Client client(admin.http_address());
  ASSERT_TRUE(client.Connect());
  client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n01234");
  EXPECT_TRUE(Eventually([&] { return admin.server().Ledger().in_flight == 1; }));
  ASSERT_TRUE(Apply(admin, "limits.body_bytes_max=5").ok());
  ASSERT_TRUE(Apply(admin, "limits.body_bytes_max=6").ok());
  client.Send("56789");
  EXPECT_EQ(client.Read().status, 200);
}

TEST(AdminConfig, AnInvalidChangeIsNamedAndChangesNothing) {
  RunningAdmin admin;
  const v1::ConfigView before = View(admin);
  grpc::Status status = Apply(admin, "limits.fields_max=lots");
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("limits.fields_max"));
  google::rpc::Status details;
  google::rpc::BadRequest bad;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_EQ(details.details_size(), 2) << "why, and which field";
  ASSERT_TRUE(details.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "limits.fields_max");
  EXPECT_EQ(View(admin).revision().number(), before.revision().number());
  EXPECT_EQ(View(admin).yaml(), before.yaml());
}

TEST(AdminConfig, WhatCannotChangeLiveIsRefusedByNameAndNothingIsHalfApplied) {
  RunningAdmin admin;
  v1::ApplyConfigRequest request = Assign("limits.body_bytes_max=5");
  request.add_assignments("reactors.count=4");
  v1::ApplyConfigResponse response;
  grpc::Status status = Apply(admin, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("reactors.count"));
  EXPECT_EQ(View(admin).revision().number(), 1);
  EXPECT_EQ(StatusOf(admin, PostRequest("/echo", "0123456789")), 200);
}

TEST(AdminConfig, APinnedFieldIsRefusedWithWhatPinsIt) {
  RunningAdmin admin({.environment = {{"TROUPE_LIMITS_FIELDS_MAX", "50"}}, .admin_yaml = ""});
  grpc::Status status = Apply(admin, "limits.fields_max=60");
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("TROUPE_LIMITS_FIELDS_MAX"));
  const v1::ConfigView view = View(admin);
  EXPECT_EQ(view.config().limits().fields_max(), 50);
  for (const v1::Setting& setting : view.settings()) {
    EXPECT_EQ(setting.pinned(), setting.path() == "limits.fields_max") << setting.path();
  }
}

TEST(AdminConfig, ADryRunSaysWhatWouldChangeAndChangesNothing) {
  RunningAdmin admin;
  v1::ApplyConfigRequest request = Assign("limits.body_bytes_max=5");
  request.set_validate_only(true);
  v1::ApplyConfigResponse response;
  ASSERT_TRUE(Apply(admin, request, &response).ok());
  EXPECT_EQ(response.changes_size(), 1);
  EXPECT_EQ(View(admin).revision().number(), 1);
}

TEST(AdminConfig, AStaleEtagIsRefused) {
  RunningAdmin admin;
  v1::ApplyConfigRequest request = Assign("limits.body_bytes_max=5");
  request.set_etag(View(admin).revision().etag());
  v1::ApplyConfigResponse response;
  ASSERT_TRUE(Apply(admin, request, &response).ok());
  request.set_assignments(0, "limits.body_bytes_max=6");
  EXPECT_EQ(Apply(admin, request, &response).error_code(), StatusCode::ABORTED);
}

TEST(AdminConfig, WhatIsNotConfirmedIsReverted) {
  RunningAdmin admin;
  const std::string before = View(admin).yaml();
  v1::ApplyConfigRequest request = Assign("limits.body_bytes_max=5");
  request.mutable_confirm_within()->set_nanos(200'000'000);
  v1::ApplyConfigResponse response;
  ASSERT_TRUE(Apply(admin, request, &response).ok());
  EXPECT_EQ(response.revision().state(), v1::Revision::UNCONFIRMED);
  EXPECT_TRUE(Eventually([&] { return View(admin).revision().number() == 3; }));
  EXPECT_EQ(View(admin).revision().source(), v1::Revision::REVERT);
  EXPECT_EQ(View(admin).yaml(), before) << "byte for byte";
  EXPECT_EQ(View(admin, "revisions/2").revision().state(), v1::Revision::REVERTED);
  EXPECT_EQ(StatusOf(admin, PostRequest("/echo", "0123456789")), 200);
}

TEST(AdminConfig, ALastingChangeKeepsTheUnconfirmedOneUnderItAndSaysSo) {
  RunningAdmin admin;
  const v1::ApplyConfigRequest request = AssignUnconfirmed("limits.body_bytes_max=5");
  v1::ApplyConfigResponse response;
  ASSERT_TRUE(Apply(admin, request, &response).ok());
  EXPECT_THAT(response.summary(), Not(HasSubstr("stays")));
  ASSERT_TRUE(Apply(admin, Assign("limits.fields_max=50"), &response).ok());
  EXPECT_THAT(response.summary(), HasSubstr("revisions/2 stays with it"));
}

TEST(AdminConfig, WhatIsConfirmedStays) {
  RunningAdmin admin;
  const v1::ApplyConfigRequest request = AssignUnconfirmed("limits.body_bytes_max=5");
  v1::ApplyConfigResponse response;
  ASSERT_TRUE(Apply(admin, request, &response).ok());
  v1::Revision revision;
  ASSERT_TRUE(
      Call(admin.channel(), &v1::Config::Stub::ConfirmConfig, v1::ConfirmConfigRequest(), &revision)
          .ok());
  EXPECT_EQ(revision.state(), v1::Revision::CURRENT);
  EXPECT_EQ(
      Call(admin.channel(), &v1::Config::Stub::ConfirmConfig, v1::ConfirmConfigRequest(), &revision)
          .error_code(),
      StatusCode::FAILED_PRECONDITION);
}

TEST(AdminConfig, TheFirstRevisionHasNoneToGoBackTo) {
  RunningAdmin admin;
  v1::ApplyConfigResponse response;
  const grpc::Status status = Call(admin.channel(), &v1::Config::Stub::RollbackConfig,
                                   v1::RollbackConfigRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("revisions/1, which is in effect"));
}

TEST(AdminConfig, ARollbackRestoresByteForByte) {
  RunningAdmin admin;
  const std::string first = View(admin).yaml();
  ASSERT_TRUE(Apply(admin, "limits.body_bytes_max=5").ok());
  ASSERT_TRUE(Apply(admin, "log.level=WARNING").ok());
  v1::RollbackConfigRequest request;
  request.set_name("revisions/1");
  v1::ApplyConfigResponse response;
  ASSERT_TRUE(Call(admin.channel(), &v1::Config::Stub::RollbackConfig, request, &response).ok());
  EXPECT_EQ(response.revision().number(), 4);
  EXPECT_EQ(View(admin).yaml(), first);
  v1::ListRevisionsResponse list;
  Call(admin.channel(), &v1::Config::Stub::ListRevisions, v1::ListRevisionsRequest(), &list);
  EXPECT_EQ(list.total_size(), 4);
  EXPECT_EQ(list.revisions(0).number(), 4) << "newest first";
}

TEST(AdminConfig, SighupAppliesTheFileAsItIsNow) {
  RunningAdmin admin;
  admin.AppendToConfig("limits: {body_bytes_max: 5}\n");
  admin.live().RequestReload();
  EXPECT_TRUE(Eventually([&] { return View(admin).revision().number() == 2; }));
  EXPECT_EQ(View(admin).revision().source(), v1::Revision::RELOAD);
  EXPECT_EQ(StatusOf(admin, PostRequest("/echo", "0123456789")), 413);
}

}  // namespace
}  // namespace troupe::admin
