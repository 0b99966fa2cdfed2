// A server whose memory runs out, step by step, as its governor is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>

#include "tests/server/harness.h"

namespace troupe {
namespace {

using policy::MemoryLevel;
using telemetry::Outcome;
using testing::HasSubstr;

constexpr uint64_t kMiB = 1 << 20;

// All is of low priority for the host `low`.
constexpr char kTwoPriorities[] = R"(
http: [{address: '127.0.0.1:0'}]
reactors: {count: 2}
timeouts: {linger: 50ms}
drain: {read: 10ms, timeout: 500ms}
memory: {governor: 'ON', limit_bytes: 100MiB}
pools:
  - {name: test, service: test}
routes:
  - {path: '/*', pool: test}
  - {path: '/*', host: low, pool: test, priority: LOW}
)";

class Memory : public testing::Test {
 protected:
  // Until every reactor knows.
  void Use(uint64_t mebibytes, MemoryLevel level) {
    used_ = mebibytes * kMiB;
    ASSERT_TRUE(Eventually([&] { return server_.server().Stats().memory.level == level; }));
    server_.server().control().Status();  // asks each reactor, behind what it was told before
  }
  Answer AskLow() { return server_.NewClient().Ask("GET /now HTTP/1.1\r\nHost: low\r\n\r\n"); }
  Answer Ask() { return server_.NewClient().Get("/now"); }

  std::atomic<uint64_t> used_{0};
  RunningServer server_{{}, kTwoPriorities, [this] { return MemoryReading{used_, {}}; }};
};

TEST_F(Memory, GivesUpKeepAliveFirst) {
  EXPECT_FALSE(Ask().closes());
  Use(85, MemoryLevel::kNoKeepAlive);
  EXPECT_TRUE(Ask().closes());
  EXPECT_EQ(AskLow().status, 200);
  Use(70, MemoryLevel::kNormal);
  EXPECT_FALSE(Ask().closes());
}

TEST_F(Memory, ShedsRequestsOfLowPriorityNext) {
  Use(92, MemoryLevel::kShedLow);
  const Answer shed = AskLow();
  EXPECT_EQ(shed.status, 503);
  EXPECT_THAT(shed.body, HasSubstr("about:blank#memory"));
  EXPECT_THAT(shed.Field("Retry-After"), testing::MatchesRegex("[1-9][0-9]*"));
  EXPECT_TRUE(shed.closes());
  EXPECT_EQ(Ask().status, 200) << "the others are served";
  EXPECT_TRUE(server_.Counts(Outcome::kShed, 1));
  Use(85, MemoryLevel::kNoKeepAlive);
  EXPECT_EQ(AskLow().status, 200);
}

TEST_F(Memory, AcceptsNoConnectionAtLastAndTheWaitingOnesAfterwards) {
  Client open = server_.NewClient();
  ASSERT_EQ(open.Get("/now").status, 200);
  Use(96, MemoryLevel::kPauseAccept);
  Client waiting = server_.NewClient();  // the kernel completes it
  ASSERT_TRUE(waiting.Send(GetRequest("/now")));
  EXPECT_FALSE(waiting.Readable(std::chrono::milliseconds(150)));
  EXPECT_EQ(server_.server().connections(), 1);
  EXPECT_EQ(open.Get("/now").status, 200) << "those that are open are served";
  Use(10, MemoryLevel::kNormal);
  const Answer answer = waiting.Read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.closes());
}

TEST_F(Memory, EachChangeOfTheLevelIsAnEventAndItIsInTheStatus) {
  const int64_t first = server_.server().control().events().next_sequence();
  Use(92, MemoryLevel::kShedLow);
  const admin::v1::MemoryStatus status = server_.server().control().Status().memory();
  EXPECT_EQ(status.level(), admin::v1::MemoryStatus::SHED_LOW);
  EXPECT_EQ(status.used_bytes(), static_cast<int64_t>(92 * kMiB));
  EXPECT_EQ(status.limit_bytes(), static_cast<int64_t>(100 * kMiB));
  Use(10, MemoryLevel::kNormal);
  // The event follows the level.
  std::vector<admin::v1::Event> events;
  ASSERT_TRUE(Eventually([&] {
    events = server_.server().control().events().From(first, 10).events;
    return events.size() == 2;
  }));
  EXPECT_EQ(events[0].kind(), "memory-level");
  EXPECT_EQ(events[0].text(), "The memory level is SHED_LOW: 92 of 100 MiB are in use.");
  EXPECT_EQ(events[0].details().at("level"), "SHED_LOW");
  EXPECT_EQ(events[1].details().at("level"), "NORMAL");
}

TEST(MemoryGovernor, IsOffByDefaultAndTheContainersLimitIsThatOfAuto) {
  const MemoryReading full{100 * kMiB, {99 * kMiB, 100 * kMiB}};
  {
    RunningServer server({}, kOnePool, [&] { return full; });
    EXPECT_EQ(server.NewClient().Get("/now").status, 200);
    EXPECT_FALSE(server.server().control().Status().has_memory());
  }
  RunningServer server({"memory.governor=ON"}, kOnePool, [&] { return full; });
  EXPECT_TRUE(Eventually(
      [&] { return server.server().Stats().memory.level == MemoryLevel::kPauseAccept; }));
  EXPECT_EQ(server.server().Stats().memory.used, 99 * kMiB);
}

TEST(MemoryGovernor, WithoutALimitNothingIsGivenUp) {
  RunningServer server({"memory.governor=ON"}, kOnePool, [] {
    return MemoryReading{1u << 30, {}};
  });
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(server.NewClient().Get("/now").closes());
  EXPECT_FALSE(server.server().control().Status().has_memory());
}

}  // namespace
}  // namespace troupe
