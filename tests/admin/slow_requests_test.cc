// What ListSlowRequests says of requests that have ended.
#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/admin/running_admin.h"
#include "tests/server/client.h"
#include "tests/server/harness.h"
#include "troupe/admin/v1/requests.grpc.pb.h"

namespace troupe::admin {
namespace {

using google::protobuf::util::TimeUtil;
using grpc::StatusCode;
using testing::HasSubstr;

grpc::Status ListSlow(RunningAdmin& admin, const std::string& filter, int size,
                      v1::ListSlowRequestsResponse& response) {
  v1::ListSlowRequestsRequest request;
  request.set_filter(filter);
  request.set_page_size(size);
  return Call(admin.channel(), &v1::Requests::Stub::ListSlowRequests, request, &response);
}

// Once there are as many as wanted: an answer is out before its exchange is over.
v1::ListSlowRequestsResponse Slow(RunningAdmin& admin, int count, const std::string& filter = "") {
  v1::ListSlowRequestsResponse response;
  EXPECT_TRUE(Eventually([&] {
    grpc::Status status = ListSlow(admin, filter, 100, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.requests_size() == count;
  }));
  return response;
}

int Ask(RunningAdmin& admin, const std::string& request) {
  Client client(admin.http_address());
  EXPECT_TRUE(client.Connect());
  return client.Ask(request).status;
}

TEST(SlowRequestsOfAServer, SayWhereTheTimeWent) {
  RunningAdmin admin;
  ASSERT_EQ(Ask(admin, ::troupe::GetRequest("/sleep/30")), 200);
  const v1::ListSlowRequestsResponse list = Slow(admin, 1);
  ASSERT_EQ(list.requests_size(), 1);
  const v1::Request& request = list.requests(0);
  EXPECT_EQ(request.phase(), v1::Request::ENDED);
  EXPECT_EQ(request.pool(), "pools/test");
  EXPECT_THAT(request.worker(), HasSubstr("pools/test/workers/"));
  EXPECT_EQ(request.outcome(), "ANSWERED");
  EXPECT_EQ(request.status(), 200);
  EXPECT_GT(request.answer_bytes(), 0);
  EXPECT_TRUE(request.times().has_read());
  EXPECT_FALSE(request.times().has_body()) << "it had none";
  EXPECT_TRUE(request.times().has_queue());
  EXPECT_TRUE(request.times().has_write());
  EXPECT_GE(TimeUtil::DurationToMilliseconds(request.times().service()), 29);
  EXPECT_GE(request.age(), request.times().service());
}

TEST(SlowRequestsOfAServer, SayHowLongABodyTook) {
  RunningAdmin admin;
  ASSERT_EQ(Ask(admin, ::troupe::PostRequest("/echo", "body")), 200);
  const v1::ListSlowRequestsResponse list = Slow(admin, 1);
  ASSERT_EQ(list.requests_size(), 1);
  const v1::PhaseTimes& times = list.requests(0).times();
  EXPECT_TRUE(times.has_body());
  EXPECT_GE(times.read(), times.body()) << "it is a part of that";
  EXPECT_EQ(list.requests(0).body_bytes(), 4);
}

TEST(SlowRequestsOfAServer, AreRedacted) {
  RunningAdmin admin;
  ASSERT_EQ(
      Ask(admin, ::troupe::GetRequest("/now?token=secret",
                                      "Cookie: secret\r\nX-Session: secret\r\nX-A: \xff\r\n")),
      200);
  const v1::ListSlowRequestsResponse list = Slow(admin, 1);
  EXPECT_EQ(list.requests(0).target(), "/now?token=[redacted]");
  std::map<std::string, std::string> fields;
  for (const v1::HeaderField& field : list.requests(0).fields()) {
    fields[field.name()] = field.value();
  }
  EXPECT_EQ(fields["Cookie"], "[redacted]");
  EXPECT_EQ(fields["X-Session"], "[redacted]");
  EXPECT_EQ(fields["X-A"], "\xEF\xBF\xBD") << "what is not UTF-8 cannot be sent";
}

TEST(SlowRequestsOfAServer, ComeSlowestFirstAndCanBeFiltered) {
  RunningAdmin admin;
  ASSERT_EQ(Ask(admin, ::troupe::GetRequest("/now")), 200);
  ASSERT_EQ(Ask(admin, ::troupe::GetRequest("/sleep/30")), 200);
  ASSERT_EQ(Ask(admin, ::troupe::GetRequest("/throw")), 500);
  EXPECT_EQ(Slow(admin, 3).requests(0).target(), "/sleep/30");
  EXPECT_EQ(Slow(admin, 1, "outcome = \"FAILED\"").requests(0).cause(), "handler-threw");
  v1::ListSlowRequestsResponse one;
  ASSERT_TRUE(ListSlow(admin, "", 1, one).ok());
  ASSERT_EQ(one.requests_size(), 1);
  EXPECT_EQ(one.requests(0).target(), "/sleep/30");
  EXPECT_EQ(ListSlow(admin, "", -1, one).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ListSlow(admin, "slowness > 1", 0, one).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST(SlowRequestsOfAServer, AClientThatNeverSentAWholeHeadHasNone) {
  RunningAdmin admin;
  Client client(admin.http_address());
  ASSERT_TRUE(client.Connect());
  ASSERT_TRUE(client.Send("GET /now HTTP/1.1\r\n"));
  client.HalfClose();
  EXPECT_EQ(client.Read().status, 400);
  ASSERT_EQ(Ask(admin, ::troupe::GetRequest("/now")), 200);
  EXPECT_EQ(Slow(admin, 1).requests(0).target(), "/now");
}

}  // namespace
}  // namespace troupe::admin
