#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/admin/running_admin.h"
#include "tests/server/client.h"
#include "tests/server/harness.h"
#include "troupe/admin/v1/crashes.grpc.pb.h"
#include "troupe/admin/v1/ledger.grpc.pb.h"
#include "troupe/admin/v1/pools.grpc.pb.h"

namespace troupe::admin {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;

v1::Pool GetPool(RunningAdmin& admin) {
  v1::GetPoolRequest request;
  request.set_name("pools/test");
  v1::Pool pool;
  grpc::Status status = Call(admin.channel(), &v1::Pools::Stub::GetPool, request, &pool);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return pool;
}

v1::ListWorkersResponse Workers(RunningAdmin& admin) {
  v1::ListWorkersRequest request;
  request.set_parent("pools/test");
  v1::ListWorkersResponse response;
  EXPECT_TRUE(Call(admin.channel(), &v1::Pools::Stub::ListWorkers, request, &response).ok());
  return response;
}

int Get(RunningAdmin& admin, const std::string& target) {
  Client client(admin.http_address());
  EXPECT_TRUE(client.Connect());
  return client.Get(target).status;
}

TEST(AdminPools, AnUpdateTakesEffectAndMakesARevision) {
  RunningAdmin admin;
  v1::UpdatePoolRequest request;
  *request.mutable_pool() = GetPool(admin);
  const std::string etag = request.pool().etag();
  request.mutable_pool()->set_queue_max(77);
  request.mutable_update_mask()->add_paths("queue_max");
  request.set_validate_only(true);
  v1::UpdatePoolResponse response;
  grpc::Status status = Call(admin.channel(), &v1::Pools::Stub::UpdatePool, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.pool().queue_max(), 77);
  EXPECT_NE(GetPool(admin).queue_max(), 77) << "it was a dry run";
  request.set_validate_only(false);
  ASSERT_TRUE(Call(admin.channel(), &v1::Pools::Stub::UpdatePool, request, &response).ok());
  EXPECT_EQ(response.revision(), 2);
  EXPECT_TRUE(Eventually([&] { return GetPool(admin).queue_max() == 77; }));
  EXPECT_NE(GetPool(admin).etag(), etag);
  EXPECT_EQ(Call(admin.channel(), &v1::Pools::Stub::UpdatePool, request, &response).error_code(),
            StatusCode::ABORTED)
      << "its etag is stale now";
}

TEST(AdminPools, AnUpdateOfWhatCannotBeUpdatedIsRefused) {
  RunningAdmin admin;
  v1::UpdatePoolRequest request;
  request.mutable_pool()->set_name("pools/test");
  v1::UpdatePoolResponse response;
  EXPECT_EQ(Call(admin.channel(), &v1::Pools::Stub::UpdatePool, request, &response).error_code(),
            StatusCode::INVALID_ARGUMENT);
  request.mutable_update_mask()->add_paths("deaths");
  grpc::Status status = Call(admin.channel(), &v1::Pools::Stub::UpdatePool, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("queue_max"));
  EXPECT_FALSE(status.error_details().empty());
}

TEST(AdminPools, ASuspendedPoolShedsUntilItIsResumed) {
  RunningAdmin admin;
  EXPECT_EQ(Get(admin, "/now"), 200);
  v1::SuspendPoolRequest suspend;
  suspend.set_name("pools/test");
  suspend.set_reason("a test");
  v1::Pool pool;
  ASSERT_TRUE(Call(admin.channel(), &v1::Pools::Stub::SuspendPool, suspend, &pool).ok());
  EXPECT_EQ(pool.state(), v1::Pool::SUSPENDED);
  EXPECT_EQ(pool.state_reason(), "a test");
  EXPECT_EQ(Get(admin, "/now"), 503);
  v1::ResumePoolRequest resume;
  resume.set_name("pools/test");
  ASSERT_TRUE(Call(admin.channel(), &v1::Pools::Stub::ResumePool, resume, &pool).ok());
  EXPECT_TRUE(Eventually([&] { return Get(admin, "/now") == 200; }));
}

TEST(AdminPools, AWorkerIsReplacedOnDemand) {
  RunningAdmin admin;
  const v1::ListWorkersResponse before = Workers(admin);
  ASSERT_EQ(before.workers_size(), 2) << "one for each reactor";
  v1::RestartWorkerRequest request;
  request.set_name(before.workers(0).name());
  v1::Worker worker;
  ASSERT_TRUE(Call(admin.channel(), &v1::Pools::Stub::RestartWorker, request, &worker).ok());
  EXPECT_EQ(worker.state(), v1::Worker::DRAINING);
  EXPECT_TRUE(Eventually([&] {
    const v1::ListWorkersResponse now = Workers(admin);
    return now.workers_size() == 2 && now.workers(0).name() != request.name() &&
           now.workers(1).name() != request.name();
  }));
  request.set_name("pools/test/workers/many");
  EXPECT_EQ(Call(admin.channel(), &v1::Pools::Stub::RestartWorker, request, &worker).error_code(),
            StatusCode::INVALID_ARGUMENT);
}

TEST(AdminPools, TheTreeHasSupervisorPoolsWorkersReactorsAndListeners) {
  RunningAdmin admin;
  v1::Topology tree;
  ASSERT_TRUE(
      Call(admin.channel(), &v1::Pools::Stub::GetTopology, v1::GetTopologyRequest(), &tree).ok());
  ASSERT_EQ(tree.root().children_size(), 6) << "a supervisor, two reactors, three listeners";
  const v1::Topology::Node& supervisor = tree.root().children(0);
  EXPECT_EQ(supervisor.kind(), "supervisor");
  EXPECT_EQ(supervisor.state(), "RUNNING");
  ASSERT_EQ(supervisor.children_size(), 1);
  EXPECT_EQ(supervisor.children(0).name(), "pools/test");
  EXPECT_EQ(supervisor.children(0).children_size(), 2);
  EXPECT_TRUE(supervisor.children(0).has_activity_time());
  EXPECT_EQ(tree.root().children(1).kind(), "reactor");
  EXPECT_EQ(tree.root().children(3).kind(), "listener");
  EXPECT_EQ(tree.root().children(3).name(), admin.http_address());
}

TEST(AdminPools, TheTreeHasConnectionsThatAreNotIdle) {
  RunningAdmin admin;
  Client idle(admin.http_address());
  ASSERT_TRUE(idle.Connect());
  ASSERT_EQ(idle.Get("/now").status, 200);
  Client busy(admin.http_address());
  ASSERT_TRUE(busy.Connect());
  busy.Send(::troupe::GetRequest("/held"));
  ASSERT_TRUE(Eventually([&] { return admin.stage().begun == 1; }));
  v1::Topology tree;
  ASSERT_TRUE(
      Call(admin.channel(), &v1::Pools::Stub::GetTopology, v1::GetTopologyRequest(), &tree).ok());
  std::vector<v1::Topology::Node> connections;
  for (int reactor : {1, 2}) {
    for (const auto& node : tree.root().children(reactor).children()) connections.push_back(node);
  }
  ASSERT_EQ(connections.size(), 1u);
  EXPECT_EQ(connections[0].kind(), "connection");
  EXPECT_EQ(connections[0].state(), "SERVING");
  EXPECT_EQ(connections[0].in_flight(), 1);
  EXPECT_TRUE(connections[0].has_activity_time());
}

TEST(AdminPools, AHandlerThatThrewIsListedWithItsRequest) {
  RunningAdmin admin;
  EXPECT_EQ(Get(admin, "/throw"), 500);
  v1::ListCrashesResponse list;
  EXPECT_TRUE(Eventually([&] {
    Call(admin.channel(), &v1::Crashes::Stub::ListCrashes, v1::ListCrashesRequest(), &list);
    return list.crashes_size() == 1;
  }));
  v1::GetCrashRequest request;
  request.set_name(list.crashes(0).name());
  v1::Crash crash;
  ASSERT_TRUE(Call(admin.channel(), &v1::Crashes::Stub::GetCrash, request, &crash).ok());
  EXPECT_EQ(crash.exception_text(), "thrown by a test");
  EXPECT_EQ(crash.target(), "/throw");
  request.set_name("crashes/none");
  EXPECT_EQ(Call(admin.channel(), &v1::Crashes::Stub::GetCrash, request, &crash).error_code(),
            StatusCode::NOT_FOUND);
}

TEST(AdminPools, TheLedgerIsBrokenDownByPoolRouteAndCause) {
  RunningAdmin admin;
  EXPECT_EQ(Get(admin, "/now"), 200);
  EXPECT_EQ(Get(admin, "/throw"), 500);
  v1::LedgerSnapshot ledger;
  EXPECT_TRUE(Eventually([&] {
    Call(admin.channel(), &v1::Ledger::Stub::GetLedger, v1::GetLedgerRequest(), &ledger);
    return ledger.by_pool_size() == 1 && ledger.by_pool(0).outcomes().contains("FAILED");
  }));
  EXPECT_EQ(ledger.by_pool(0).name(), "pools/test");
  EXPECT_EQ(ledger.by_pool(0).outcomes().at("ANSWERED"), 1);
  ASSERT_EQ(ledger.by_route_size(), 1);
  EXPECT_EQ(ledger.by_route(0).name(), "/*");
  EXPECT_EQ(ledger.by_route(0).outcomes().at("FAILED"), 1);
  EXPECT_EQ(ledger.by_cause_size(), 2);
}

}  // namespace
}  // namespace troupe::admin
