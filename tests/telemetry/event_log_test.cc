#include "runtime/telemetry/event_log.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace troupe::telemetry {
namespace {

TEST(EventLogTest, NumbersEventsFromOneWithoutGaps) {
  EventLog log;
  log.Add("worker-died", "pools/echo", "worker 3 ended", {{"worker", "3"}});
  log.Add("drain-step", "", "the drain begins");
  EventLog::Read read = log.From(1, 10);
  ASSERT_EQ(read.events.size(), 2u);
  EXPECT_EQ(read.events[0].sequence(), 1);
  EXPECT_EQ(read.events[0].kind(), "worker-died");
  EXPECT_EQ(read.events[0].pool(), "pools/echo");
  EXPECT_EQ(read.events[0].details().at("worker"), "3");
  EXPECT_EQ(read.events[1].sequence(), 2);
  EXPECT_EQ(read.events[1].pool(), "");
  EXPECT_EQ(read.lost, 0);
  EXPECT_EQ(read.next, 3);
}

TEST(EventLogTest, KeepsWhatCanBeSentOfWhateverIsSaid) {
  EventLog log;
  log.Add("kind", "", "a\xff", {{"reason", std::string(1 << 20, 'x')}});
  const admin::v1::Event event = log.From(1, 1).events.front();
  EXPECT_EQ(event.text(), "a\xEF\xBF\xBD");
  EXPECT_EQ(event.details().at("reason").size(), 4096u);
}

TEST(EventLogTest, IsReadOnFromWhereAReaderStopped) {
  EventLog log;
  for (int i = 0; i < 5; ++i) log.Add("kind", "", std::to_string(i));
  EventLog::Read first = log.From(1, 3);
  EXPECT_EQ(first.next, 4);
  EventLog::Read second = log.From(first.next, 3);
  ASSERT_EQ(second.events.size(), 2u);
  EXPECT_EQ(second.events[0].text(), "3");
  EXPECT_TRUE(log.From(second.next, 3).events.empty());
}

TEST(EventLogTest, SaysHowManyEventsAReaderHasLost) {
  EventLog log(2);
  for (int i = 0; i < 5; ++i) log.Add("kind", "", std::to_string(i));
  EventLog::Read read = log.From(2, 10);
  EXPECT_EQ(read.lost, 2);  // 2 and 3
  ASSERT_EQ(read.events.size(), 2u);
  EXPECT_EQ(read.events[0].sequence(), 4);
}

TEST(EventLogTest, AStartInTheFutureIsTheNextEvent) {
  EventLog log;
  log.Add("kind", "", "");
  EventLog::Read read = log.From(100, 10);
  EXPECT_TRUE(read.events.empty());
  EXPECT_EQ(read.lost, 0);
  EXPECT_EQ(read.next, 2);
}

TEST(EventLogTest, ThreadsMayAddAtTheSameTime) {
  EventLog log;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&log] {
      for (int n = 0; n < 100; ++n) log.Add("kind", "", "");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EventLog::Read read = log.From(1, 1000);
  ASSERT_EQ(read.events.size(), 400u);
  for (size_t i = 0; i < 400; ++i) {
    EXPECT_EQ(read.events[i].sequence(), static_cast<int64_t>(i + 1));
  }
}

}  // namespace
}  // namespace troupe::telemetry
