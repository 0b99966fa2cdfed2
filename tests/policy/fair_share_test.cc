#include "runtime/policy/fair_share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <vector>

namespace troupe::policy {
namespace {

constexpr uint64_t kSeed = 1;

// A queue that serves the lowest tag first, and among equal tags the one that came first.
class FairQueue {
 public:
  explicit FairQueue(size_t slots = 1024) : share_(slots, kSeed) {}

  void Push(char client, int times = 1) {
    for (int i = 0; i < times; ++i) queue_.push({share_.Tag(client), ++pushed_, client});
  }
  // Who is served next, one letter each.
  std::string Take(int times) {
    std::string served;
    for (int i = 0; i < times; ++i) {
      share_.OnTaken(queue_.top().tag);
      served += queue_.top().client;
      queue_.pop();
    }
    return served;
  }
  FairShare& share() { return share_; }

 private:
  struct Waiting {
    uint64_t tag;
    int number;
    char client;
    bool operator>(const Waiting& other) const {
      return tag != other.tag ? tag > other.tag : number > other.number;
    }
  };

  FairShare share_;
  int pushed_ = 0;
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> queue_;
};

TEST(FairShare, ClientsTakeTurnsHoweverManyRequestsEachHas) {
  FairQueue queue;
  queue.Push('a', 5);
  queue.Push('b', 2);
  queue.Push('c', 1);
  EXPECT_EQ(queue.Take(8), "abcabaaa");
}

TEST(FairShare, OneClientIsServedInItsOwnOrder) {
  FairShare share(16, kSeed);
  EXPECT_EQ(share.Tag(1), 0u);
  EXPECT_EQ(share.Tag(1), 1u);
  EXPECT_EQ(share.Tag(1), 2u);
}

TEST(FairShare, LateComerIsServedNextAndNotBehindWhatAFloodHasQueued) {
  FairQueue queue;
  queue.Push('f', 1000);
  queue.Take(100);
  queue.Push('b');
  EXPECT_THAT(queue.Take(2), testing::HasSubstr("b"));
}

TEST(FairShare, TimeWithoutRequestsIsNotSavedUp) {
  FairQueue queue;
  queue.Push('a', 100);
  queue.Take(50);
  queue.Push('b', 50);  // was idle for 50 turns, and still takes turns only
  const std::string served = queue.Take(40);
  EXPECT_NEAR(std::count(served.begin(), served.end(), 'b'), 20, 1);
}

TEST(FairShare, WhatWasDroppedFromTheQueueIsNotHeldAgainstItsClient) {
  FairShare share(1024, kSeed);
  for (int i = 0; i < 1000; ++i) share.Tag('a');
  for (int i = 0; i < 1000; ++i) share.OnDropped('a');
  EXPECT_EQ(share.Tag('a'), 0u);
}

TEST(FairShare, DroppingMoreThanWasQueuedGivesNoAdvantage) {
  FairShare share(1024, kSeed);
  share.OnTaken(10);
  for (int i = 0; i < 100; ++i) share.OnDropped('a');
  EXPECT_EQ(share.Tag('a'), 10u);
}

TEST(FairShare, ClientsThatShareASlotShareItsTurn) {
  FairQueue queue(/*slots=*/1);
  queue.Push('a', 2);
  queue.Push('b', 2);
  EXPECT_EQ(queue.Take(4), "aabb");
}

TEST(FairShare, SeedDecidesWhoSharesASlot) {
  const auto sharing = [](uint64_t seed) {
    FairShare share(64, seed);
    share.Tag(0);
    std::vector<uint64_t> clients;
    for (uint64_t client = 1; client < 1000; ++client) {
      if (share.Tag(client) > 0) clients.push_back(client);
    }
    return clients;
  };
  EXPECT_NE(sharing(1), sharing(2));
}

TEST(FairShare, SlotsAreEvenlyUsed) {
  constexpr int kSlots = 64;
  FairShare share(kSlots, kSeed);
  std::map<uint64_t, int> tags;
  for (uint64_t client = 0; client < kSlots * 100; ++client) ++tags[share.Tag(client)];
  EXPECT_EQ(tags[50], kSlots) << "every slot is used at least 51 times";
  EXPECT_LT(tags.rbegin()->first, 200u) << "and none over 200 times";
}

}  // namespace
}  // namespace troupe::policy
