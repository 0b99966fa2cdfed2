#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "admin/access.h"
#include "tests/admin/running_admin.h"
#include "tests/server/client.h"
#include "tests/server/harness.h"
#include "troupe/admin/v1/connections.grpc.pb.h"
#include "troupe/admin/v1/ledger.grpc.pb.h"
#include "troupe/admin/v1/pools.grpc.pb.h"
#include "troupe/admin/v1/requests.grpc.pb.h"
#include "troupe/admin/v1/server.grpc.pb.h"
#include "troupe/admin/v1/stats.grpc.pb.h"

namespace troupe::admin {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;

v1::ListRequestsResponse Requests(RunningAdmin& admin, const std::string& filter = "") {
  v1::ListRequestsRequest request;
  request.set_filter(filter);
  v1::ListRequestsResponse response;
  grpc::Status status =
      Call(admin.channel(), &v1::Requests::Stub::ListRequests, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

v1::LedgerSnapshot Ledger(RunningAdmin& admin) {
  v1::LedgerSnapshot ledger;
  EXPECT_TRUE(
      Call(admin.channel(), &v1::Ledger::Stub::GetLedger, v1::GetLedgerRequest(), &ledger).ok());
  return ledger;
}

// A client with one request that a handler holds.
struct Held {
  explicit Held(RunningAdmin& admin, const std::string& target = "/held")
      : client(admin.http_address()) {
    const int before = admin.stage().begun;
    EXPECT_TRUE(client.Connect());
    client.Send(::troupe::GetRequest(target, "Cookie: secret\r\nX-Session: s\r\n"));
    EXPECT_TRUE(Eventually([&] { return admin.stage().begun > before; }));
  }
  Client client;
};

TEST(AdminServices, SayWhatTheServerIs) {
  RunningAdmin admin;
  v1::ServerStatus status;
  ASSERT_TRUE(
      Call(admin.channel(), &v1::Server::Stub::GetStatus, v1::GetStatusRequest(), &status).ok());
  EXPECT_EQ(status.pid(), getpid());
  EXPECT_EQ(status.phase(), v1::ServerStatus::SERVING);
  ASSERT_EQ(status.reactors_size(), 2);
  EXPECT_TRUE(status.reactors(1).responsive());
  EXPECT_EQ(status.unresponsive_size(), 0);
  ASSERT_EQ(status.listeners_size(), 3);
  EXPECT_EQ(status.listeners(0).address(), admin.http_address());
  EXPECT_EQ(status.listeners(1).role(), "ADMIN");
  EXPECT_EQ(status.listeners(2).role(), "OBSERVER");
}

TEST(AdminServices, ListRequestsInFlightWithoutSecrets) {
  RunningAdmin admin;
  Held held(admin, "/held?token=secret");
  v1::ListRequestsResponse list = Requests(admin);
  ASSERT_EQ(list.requests_size(), 1);
  const v1::Request& request = list.requests(0);
  EXPECT_EQ(request.method(), "GET");
  EXPECT_EQ(request.target(), "/held?token=[redacted]");
  EXPECT_EQ(request.pool(), "pools/test");
  EXPECT_EQ(request.route(), "/*");
  EXPECT_EQ(request.client(), "127.0.0.1");
  EXPECT_EQ(request.phase(), v1::Request::SERVING);
  EXPECT_THAT(request.worker(), HasSubstr("pools/test/workers/"));
  v1::GetRequestRequest get;
  get.set_name(request.name());
  v1::Request whole;
  ASSERT_TRUE(Call(admin.channel(), &v1::Requests::Stub::GetRequest, get, &whole).ok());
  std::map<std::string, std::string> fields;
  for (const v1::HeaderField& field : whole.fields()) fields[field.name()] = field.value();
  EXPECT_EQ(fields["Host"], "h");
  EXPECT_EQ(fields["Cookie"], "[redacted]");
  EXPECT_EQ(fields["X-Session"], "[redacted]");
}

TEST(AdminServices, FilterRequestsAndSayWhatIsWrongWithAFilter) {
  RunningAdmin admin;
  Held held(admin);
  EXPECT_EQ(Requests(admin, "pool = \"pools/test\" AND age >= 0s").requests_size(), 1);
  EXPECT_EQ(Requests(admin, "age > 1h OR phase = HEAD").requests_size(), 0);
  v1::ListRequestsRequest request;
  request.set_filter("pol = x");
  v1::ListRequestsResponse response;
  grpc::Status status =
      Call(admin.channel(), &v1::Requests::Stub::ListRequests, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("pol"));
}

TEST(AdminServices, CancelOneRequestAndLeaveTheRestOfItsConnection) {
  RunningAdmin admin;
  Held held(admin);
  v1::CancelRequestRequest request;
  request.set_name(Requests(admin).requests(0).name());
  v1::CancelRequestResponse response;
  ASSERT_TRUE(Call(admin.channel(), &v1::Requests::Stub::CancelRequest, request, &response).ok());
  EXPECT_EQ(held.client.Read().status, 503);
  EXPECT_EQ(held.client.Get("/now").status, 200);
  EXPECT_EQ(Ledger(admin).outcomes().at("CANCELLED"), 1);
  grpc::Status again =
      Call(admin.channel(), &v1::Requests::Stub::CancelRequest, request, &response);
  EXPECT_EQ(again.error_code(), StatusCode::NOT_FOUND);
}

TEST(AdminServices, CancelAllThatMatchOnlyWhenAskedToReally) {
  RunningAdmin admin;
  Held one(admin);
  Held two(admin);
  v1::CancelRequestsRequest request;
  v1::CancelRequestsResponse response;
  EXPECT_EQ(
      Call(admin.channel(), &v1::Requests::Stub::CancelRequests, request, &response).error_code(),
      StatusCode::INVALID_ARGUMENT)
      << "an empty filter is a slip";
  request.set_filter("age >= 0s");
  request.set_validate_only(true);
  ASSERT_TRUE(Call(admin.channel(), &v1::Requests::Stub::CancelRequests, request, &response).ok());
  EXPECT_EQ(response.cancelled_count(), 2);
  EXPECT_EQ(Requests(admin).requests_size(), 2);
  request.set_validate_only(false);
  ASSERT_TRUE(Call(admin.channel(), &v1::Requests::Stub::CancelRequests, request, &response).ok());
  EXPECT_EQ(response.cancelled_count(), 2);
  EXPECT_EQ(one.client.Read().status, 503);
  EXPECT_EQ(two.client.Read().status, 503);
}

TEST(AdminServices, ListConnectionsAndCloseOne) {
  RunningAdmin admin;
  Held held(admin);
  v1::ListConnectionsResponse list;
  ASSERT_TRUE(Call(admin.channel(), &v1::Connections::Stub::ListConnections,
                   v1::ListConnectionsRequest(), &list)
                  .ok());
  ASSERT_EQ(list.connections_size(), 1);
  const v1::Connection& connection = list.connections(0);
  EXPECT_EQ(connection.phase(), v1::Connection::SERVING);
  EXPECT_EQ(connection.requests(), 1);
  EXPECT_EQ(connection.in_flight(), 1);
  EXPECT_GT(connection.received_bytes(), 0);
  v1::CloseConnectionRequest close;
  close.set_name(connection.name());
  v1::CloseConnectionResponse closed;
  ASSERT_TRUE(Call(admin.channel(), &v1::Connections::Stub::CloseConnection, close, &closed).ok());
  EXPECT_NE(held.client.WaitForEnd(), Client::End::kOpen);
  EXPECT_EQ(
      Call(admin.channel(), &v1::Connections::Stub::CloseConnection, close, &closed).error_code(),
      StatusCode::NOT_FOUND);
}

TEST(AdminServices, ListPoolsInPages) {
  RunningAdmin admin;
  v1::GetPoolRequest get;
  get.set_name("pools/test");
  v1::Pool pool;
  ASSERT_TRUE(Call(admin.channel(), &v1::Pools::Stub::GetPool, get, &pool).ok());
  EXPECT_EQ(pool.state(), v1::Pool::RUNNING);
  EXPECT_EQ(pool.capacity(), int64_t{pool.workers_running()} * pool.in_flight_max());
  get.set_name("pools/none");
  grpc::Status status = Call(admin.channel(), &v1::Pools::Stub::GetPool, get, &pool);
  EXPECT_EQ(status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("pools/test"));
  v1::ListPoolsRequest list;
  list.set_page_token("made up");
  v1::ListPoolsResponse pools;
  EXPECT_EQ(Call(admin.channel(), &v1::Pools::Stub::ListPools, list, &pools).error_code(),
            StatusCode::INVALID_ARGUMENT);
}

TEST(AdminServices, DrainAndUndrainLoseNoRequest) {
  RunningAdmin admin;
  Held held(admin);
  v1::DrainStatus status;
  v1::DrainRequest drain;
  drain.mutable_delay()->set_seconds(0);
  ASSERT_TRUE(Call(admin.channel(), &v1::Server::Stub::Drain, drain, &status).ok());
  EXPECT_TRUE(Eventually([&] {
    v1::ServerStatus now;
    Call(admin.channel(), &v1::Server::Stub::GetStatus, v1::GetStatusRequest(), &now);
    return now.phase() == v1::ServerStatus::DRAINING && !now.listeners(0).open();
  }));
  EXPECT_EQ(Call(admin.channel(), &v1::Server::Stub::Drain, drain, &status).error_code(),
            StatusCode::FAILED_PRECONDITION);
  EXPECT_TRUE(Eventually([&] {
    return Call(admin.channel(), &v1::Server::Stub::Undrain, v1::UndrainRequest(), &status).ok();
  }));
  EXPECT_EQ(status.step(), v1::DrainStatus::NONE);
  admin.stage().open = true;
  EXPECT_EQ(held.client.Read().status, 200) << "it was begun before";
  Client after(admin.http_address());
  ASSERT_TRUE(after.Connect());
  EXPECT_EQ(after.Get("/now").status, 200) << "listeners are open again";
}

TEST(AdminServices, WatchersSeeEventsFromWhereTheyStopped) {
  RunningAdmin admin;
  v1::DrainStatus status;
  v1::DrainRequest drain;
  drain.mutable_delay()->set_seconds(60);
  Call(admin.channel(), &v1::Server::Stub::Drain, drain, &status);
  Call(admin.channel(), &v1::Server::Stub::Undrain, v1::UndrainRequest(), &status);
  v1::Stats::Stub stub(admin.channel());
  grpc::ClientContext context;
  v1::WatchEventsRequest request;
  request.set_start_sequence(2);
  request.set_filter("kind = \"drain-step\"");
  auto stream = stub.WatchEvents(&context, request);
  v1::Event event;
  ASSERT_TRUE(stream->Read(&event));
  EXPECT_EQ(event.sequence(), 3) << "1: the drain began, 2: it was an operator's";
  EXPECT_EQ(event.details().at("step"), "NONE");
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
}

TEST(AdminServices, WatchersGetNumbersAtTheirRateAndMask) {
  RunningAdmin admin;
  v1::Stats::Stub stub(admin.channel());
  grpc::ClientContext context;
  v1::WatchStatsRequest request;
  *request.mutable_interval() = google::protobuf::util::TimeUtil::MillisecondsToDuration(50);
  request.mutable_read_mask()->add_paths("ledger.accepted");
  request.mutable_read_mask()->add_paths("phase");
  auto stream = stub.WatchStats(&context, request);
  v1::StatsSnapshot stats;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(stream->Read(&stats));
    EXPECT_EQ(stats.phase(), v1::ServerStatus::SERVING);
    EXPECT_EQ(stats.pools_size(), 0);
  }
  context.TryCancel();
  stream->Finish();
  v1::GetStatsRequest wrong;
  wrong.mutable_read_mask()->add_paths("none");
  EXPECT_EQ(Call(admin.channel(), &v1::Stats::Stub::GetStats, wrong, &stats).error_code(),
            StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace troupe::admin
