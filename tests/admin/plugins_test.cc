// What gRPC itself adds to the admin socket: server reflection and channelz, which tools such as
// grpcurl and grpcdebug ask. Their messages have no generated code here, so bytes are sent.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/admin/running_admin.h"

namespace troupe::admin {
namespace {

using testing::HasSubstr;

struct Reply {
  grpc::Status status;
  std::string bytes;
};

// One message, and the first that comes back.
Reply Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
          const std::string& message) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::CompletionQueue queue;
  auto call = stub.PrepareCall(&context, method, &queue);
  auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  Reply reply;
  const grpc::Slice slice(message);
  grpc::ByteBuffer answer;
  call->StartCall(nullptr);
  next();
  call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  next();
  call->Read(&answer, nullptr);
  if (next()) {
    grpc::Slice whole;
    EXPECT_TRUE(answer.DumpToSingleSlice(&whole).ok());
    reply.bytes.assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
  }
  call->Finish(&reply.status, nullptr);
  next();
  return reply;
}

constexpr char kReflect[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kGetServers[] = "/grpc.channelz.v1.Channelz/GetServers";

TEST(Reflection, ListsEveryServiceOfTheApi) {
  RunningAdmin admin;
  const Reply reply = Ask(admin.channel(), kReflect, "\x3a\x01*");  // list_services: "*"
  ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
  for (const char* service :
       {"Server", "Pools", "Requests", "Connections", "Crashes", "Ledger", "Config", "Stats"}) {
    EXPECT_THAT(reply.bytes, HasSubstr(std::string("troupe.admin.v1.") + service));
  }
  EXPECT_THAT(reply.bytes, HasSubstr("grpc.health.v1.Health"));
}

TEST(Reflection, KnowsTheFileOfAService) {
  RunningAdmin admin;
  const std::string symbol = "troupe.admin.v1.Requests";  // file_containing_symbol
  const Reply reply = Ask(admin.channel(), kReflect,
                          "\x22" + std::string(1, static_cast<char>(symbol.size())) + symbol);
  ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
  EXPECT_THAT(reply.bytes, HasSubstr("ListSlowRequests"));
}

TEST(Channelz, SaysWhichServersThereAreToTheSocketsOwnerOnly) {
  RunningAdmin admin;
  const Reply reply = Ask(admin.channel(), kGetServers, "");
  ASSERT_TRUE(reply.status.ok()) << reply.status.error_message();
  EXPECT_FALSE(reply.bytes.empty());
  EXPECT_EQ(Ask(admin.ChannelTo(admin.address()), kGetServers, "").status.error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace troupe::admin
