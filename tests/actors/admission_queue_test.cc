#include "runtime/actors/admission_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "tests/actors/fake_connection.h"
#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

using telemetry::Cause;

constexpr Nanos kMs = kNanosPerMilli;

class AdmissionQueueTest : public testing::Test, protected OneReactor {
 protected:
  AdmissionQueueTest() { connection = LeanActor::Spawn<FakeConnection>(*reactor, *reactor); }
  ~AdmissionQueueTest() override {
    reactor.Run([&] { connection->End(); });
    reactor->Step();
    EXPECT_EQ(reactor->exchanges().live(), 0u);
  }

  Exchange& New(Priority priority = Priority::kNormal, Nanos admitted_at = 0, int client = 0) {
    Exchange& exchange = *connection->GiveOut().release();
    exchange.priority = priority;
    exchange.admitted_at = admitted_at;
    exchange.data.client = http::IpAddress::Parse("10.0.0." + std::to_string(client));
    return exchange;
  }
  Exchange& Push(AdmissionQueue& queue, Priority priority = Priority::kNormal,
                 Nanos admitted_at = 0, int client = 0) {
    Exchange& exchange = New(priority, admitted_at, client);
    queue.Push(ExchangeHandle(&exchange));
    return exchange;
  }
  // The next one, which goes home.
  const Exchange* Pop(AdmissionQueue& queue, Nanos now = 0) { return queue.Pop(now).get(); }
  const std::vector<Returned>& home() {
    reactor->Step();
    return connection->returned;
  }

  ActorRef<FakeConnection> connection;
};

TEST_F(AdmissionQueueTest, IsFirstComeFirstServed) {
  AdmissionQueue queue{QueueOrder()};
  Exchange& first = Push(queue);
  Exchange& second = Push(queue);
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_EQ(Pop(queue), &first);
  EXPECT_EQ(Pop(queue), &second);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(Pop(queue), nullptr);
}

TEST_F(AdmissionQueueTest, HigherPrioritiesLeaveFirst) {
  AdmissionQueue queue{QueueOrder()};
  Exchange& low = Push(queue, Priority::kLow);
  Exchange& normal = Push(queue, Priority::kNormal);
  Exchange& critical = Push(queue, Priority::kCritical);
  EXPECT_EQ(queue.size(Priority::kLow), 1u);
  EXPECT_EQ(Pop(queue), &critical);
  EXPECT_EQ(Pop(queue), &normal);
  EXPECT_EQ(Pop(queue), &low);
}

TEST_F(AdmissionQueueTest, WhatComesBackStandsBeforeAllOthersOfItsPriority) {
  for (bool fair : {false, true}) {
    AdmissionQueue queue{{.fair = fair}};
    Exchange& waiting = Push(queue);
    Exchange& back = New();
    queue.PushFront(ExchangeHandle(&back));
    Exchange& critical = Push(queue, Priority::kCritical);
    EXPECT_EQ(Pop(queue), &critical);
    EXPECT_EQ(Pop(queue), &back);
    EXPECT_EQ(Pop(queue), &waiting);
  }
}

TEST_F(AdmissionQueueTest, ServesTheNewestWhileTheOldestWaitsTooLong) {
  AdmissionQueue queue{{.lifo_under_overload = true, .overload_wait = 100 * kMs}};
  Exchange& oldest = Push(queue, Priority::kNormal, 0);
  Exchange& middle = Push(queue, Priority::kNormal, 60 * kMs);
  Exchange& newest = Push(queue, Priority::kNormal, 90 * kMs);
  EXPECT_EQ(Pop(queue, 101 * kMs), &newest) << "overload";
  EXPECT_EQ(Pop(queue, 100 * kMs), &oldest) << "not longer than is well";
  EXPECT_EQ(Pop(queue, 160 * kMs), &middle);
}

TEST_F(AdmissionQueueTest, TheNewestFirstIsOffUnlessAskedFor) {
  AdmissionQueue queue{QueueOrder()};
  Exchange& oldest = Push(queue, Priority::kNormal, 0);
  Push(queue, Priority::kNormal, 1);
  EXPECT_EQ(Pop(queue, 3600 * kNanosPerSecond), &oldest);
}

TEST_F(AdmissionQueueTest, TakesClientsInTurnWhenItIsFair) {
  AdmissionQueue queue{{.fair = true}};
  std::vector<Exchange*> greedy;
  for (int i = 0; i < 5; ++i) greedy.push_back(&Push(queue, Priority::kNormal, 0, /*client=*/1));
  Exchange& modest = Push(queue, Priority::kNormal, 0, /*client=*/2);
  const Exchange* next[] = {Pop(queue), Pop(queue), Pop(queue)};
  EXPECT_EQ(std::count(std::begin(next), std::end(next), &modest), 1) << "not behind the other's";
  EXPECT_EQ(std::count(std::begin(next), std::end(next), greedy[0]), 1);
}

TEST_F(AdmissionQueueTest, ClearingGivesClientsTheirTurnsBack) {
  AdmissionQueue queue{{.fair = true}};
  for (int i = 0; i < 50; ++i) Push(queue, Priority::kNormal, 0, /*client=*/1);
  queue.Clear(Cause::kPoolFailed);
  Exchange& first = Push(queue, Priority::kNormal, 0, /*client=*/1);
  Push(queue, Priority::kNormal, 0, /*client=*/2);
  Push(queue, Priority::kNormal, 0, /*client=*/2);
  const Exchange* next[] = {Pop(queue), Pop(queue)};
  EXPECT_TRUE(next[0] == &first || next[1] == &first) << "what was shed is not held against it";
}

TEST_F(AdmissionQueueTest, RemovesFromAnywhereWhatItHolds) {
  for (bool fair : {false, true}) {
    AdmissionQueue queue{{.fair = fair}};
    AdmissionQueue other{QueueOrder()};
    std::vector<Exchange*> all;
    for (int i = 0; i < 4; ++i) all.push_back(&Push(queue));
    EXPECT_EQ(queue.Remove(*all[1]).get(), all[1]);
    EXPECT_EQ(queue.Remove(*all[0]).get(), all[0]);
    EXPECT_EQ(queue.Remove(*all[3]).get(), all[3]);
    EXPECT_FALSE(queue.Remove(*all[3])) << "it is gone";
    EXPECT_FALSE(other.Remove(*all[2])) << "it waits elsewhere";
    EXPECT_TRUE(queue.Holds(all[2]));
    EXPECT_FALSE(queue.Holds(all[1]));
    EXPECT_EQ(Pop(queue), all[2]);
    EXPECT_TRUE(queue.empty());
  }
}

TEST_F(AdmissionQueueTest, MakesRoomByTheNewestOfTheLowestPriority) {
  AdmissionQueue queue{QueueOrder()};
  Push(queue, Priority::kCritical);
  Push(queue, Priority::kNormal);
  Exchange& normal = Push(queue, Priority::kNormal);
  Push(queue, Priority::kLow);
  Exchange& low = Push(queue, Priority::kLow);
  EXPECT_EQ(queue.TakeLowerThan(Priority::kCritical).get(), &low);
  EXPECT_TRUE(queue.TakeLowerThan(Priority::kNormal));
  EXPECT_FALSE(queue.TakeLowerThan(Priority::kNormal)) << "nothing is lower any more";
  EXPECT_FALSE(queue.TakeLowerThan(Priority::kLow));
  EXPECT_EQ(queue.TakeLowerThan(Priority::kCritical).get(), &normal);
}

TEST_F(AdmissionQueueTest, SendsAllHomeWithTheCauseWhenCleared) {
  AdmissionQueue queue{QueueOrder()};
  for (Priority priority : {Priority::kLow, Priority::kNormal, Priority::kCritical}) {
    Push(queue, priority);
  }
  queue.Clear(Cause::kPoolFailed);
  EXPECT_TRUE(queue.empty());
  ASSERT_EQ(home().size(), 3u);
  for (const Returned& each : home()) EXPECT_EQ(each.failure, Cause::kPoolFailed);
}

TEST_F(AdmissionQueueTest, SendsHomeWhatItStillHoldsWhenItEnds) {
  {
    AdmissionQueue queue{QueueOrder()};
    Push(queue);
  }
  ASSERT_EQ(home().size(), 1u);
  EXPECT_EQ(home()[0].failure, Cause::kNotBegun);
}

}  // namespace
}  // namespace troupe
