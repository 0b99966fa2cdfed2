#include "runtime/reactor/inbox.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

#include "tests/reactor/allocations.h"
#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

class InboxTest : public testing::Test, public OneReactor {
 protected:
  void DeliverAll() { inbox.DeliverAll(*reactor); }

  Inbox inbox;
};

class Node final : public InboxNode {
 public:
  Node(std::vector<int>& delivered, int number) : delivered_(delivered), number_(number) {}
  void Deliver(Reactor&) override { delivered_.push_back(number_); }

 private:
  std::vector<int>& delivered_;
  int number_;
};

TEST_F(InboxTest, DeliversInTheOrderOfPushing) {
  std::vector<int> delivered;
  Node first(delivered, 1);
  Node second(delivered, 2);
  Node third(delivered, 3);
  inbox.Push(&first);
  inbox.Push(&second);
  inbox.Push(&third);
  EXPECT_FALSE(inbox.empty());
  DeliverAll();
  EXPECT_EQ(delivered, (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(inbox.empty());
}

TEST_F(InboxTest, PushingTakesNothingFromTheHeap) {
  std::vector<int> delivered;
  Node node(delivered, 1);
  uint64_t before = AllocationsOnThisThread();
  inbox.Push(&node);
  EXPECT_EQ(AllocationsOnThisThread(), before);
  DeliverAll();
}

TEST_F(InboxTest, ANodeMayBePushedAgainWhileItIsDelivered) {
  class Again final : public InboxNode {
   public:
    explicit Again(Inbox& inbox) : inbox_(inbox) {}
    void Deliver(Reactor&) override {
      ++deliveries;
      inbox_.Push(this);
    }
    int deliveries = 0;

   private:
    Inbox& inbox_;
  };
  Again node(inbox);
  std::vector<int> delivered;
  Node after(delivered, 2);
  inbox.Push(&node);
  inbox.Push(&after);
  DeliverAll();
  EXPECT_EQ(node.deliveries, 1) << "what comes in meanwhile waits for the next time";
  EXPECT_EQ(delivered, std::vector<int>{2});
  DeliverAll();
  EXPECT_EQ(node.deliveries, 2);
}

TEST_F(InboxTest, ANodeMayFreeItselfWhileItIsDelivered) {
  class Suicidal final : public InboxNode {
   public:
    void Deliver(Reactor&) override { delete this; }
  };
  std::vector<int> delivered;
  Node after(delivered, 2);
  inbox.Push(new Suicidal);
  inbox.Push(&after);
  DeliverAll();
  EXPECT_EQ(delivered, std::vector<int>{2});
}

TEST_F(InboxTest, TellsOnlyTheFirstProducerToWakeASleeper) {
  std::vector<int> delivered;
  Node first(delivered, 1);
  Node second(delivered, 2);
  ASSERT_TRUE(inbox.PrepareSleep());
  EXPECT_TRUE(inbox.Push(&first));
  EXPECT_FALSE(inbox.Push(&second));
  DeliverAll();
}

TEST_F(InboxTest, TellsNobodyToWakeOneThatIsAwake) {
  std::vector<int> delivered;
  Node first(delivered, 1);
  Node second(delivered, 2);
  EXPECT_FALSE(inbox.Push(&first));
  DeliverAll();
  ASSERT_TRUE(inbox.PrepareSleep());
  inbox.Awake();
  EXPECT_FALSE(inbox.Push(&second));
  DeliverAll();
}

TEST_F(InboxTest, RefusesToSleepOverWhatHasComeIn) {
  std::vector<int> delivered;
  Node first(delivered, 1);
  Node second(delivered, 2);
  inbox.Push(&first);
  EXPECT_FALSE(inbox.PrepareSleep());
  EXPECT_FALSE(inbox.Push(&second)) << "and so nobody has to wake it";
  DeliverAll();
}

// Every thread's nodes arrive once and in its order, and a consumer that sleeps when it may is
// always woken.
TEST_F(InboxTest, LosesNothingFromManyThreads) {
  constexpr int kProducers = 4;
  constexpr int kNodes = 20'000;
  std::vector<std::vector<int>> delivered(kProducers);
  std::vector<std::vector<std::unique_ptr<Node>>> nodes(kProducers);
  for (size_t p = 0; p < kProducers; ++p) {
    for (int i = 0; i < kNodes; ++i) nodes[p].push_back(std::make_unique<Node>(delivered[p], i));
  }
  std::counting_semaphore<> wake_up(0);
  std::vector<std::thread> producers;
  for (auto& mine : nodes) {
    producers.emplace_back([&] {
      for (auto& node : mine) {
        if (inbox.Push(node.get())) wake_up.release();
      }
    });
  }
  auto received = [&] {
    size_t sum = 0;
    for (auto& each : delivered) sum += each.size();
    return sum;
  };
  bool woken = true;
  while (woken && received() < size_t{kProducers} * kNodes) {
    if (inbox.PrepareSleep()) woken = wake_up.try_acquire_for(std::chrono::minutes(1));
    inbox.Awake();
    DeliverAll();
  }
  for (std::thread& producer : producers) producer.join();
  ASSERT_TRUE(woken) << "slept while something was in the inbox";
  for (auto& each : delivered) {
    ASSERT_EQ(each.size(), size_t{kNodes});
    for (int i = 0; i < kNodes; ++i) ASSERT_EQ(each[static_cast<size_t>(i)], i);
  }
}

}  // namespace
}  // namespace troupe
