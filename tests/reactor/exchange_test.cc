#include "runtime/reactor/exchange.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/reactor/allocations.h"
#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

using telemetry::Outcome;

class Owner final : public ExchangeOwner {
 public:
  void OnDropped(Exchange& exchange) override { dropped.push_back(&exchange); }
  void OnGivenUp(Exchange&, telemetry::Cause) override {}
  std::vector<Exchange*> dropped;
};

class ExchangeTest : public testing::Test, public OneReactor {
 protected:
  ~ExchangeTest() override {
    reactor->Step();  // what was dropped last comes home
    while (slab().live() > 0) {
      Exchange& exchange = *slab().all_live().front();
      slab().Decide(exchange, Outcome::kFailed);
      exchange.out = false;
      slab().Free(exchange);
    }
  }

  ExchangeSlab& slab() { return reactor->exchanges(); }
  // As the connection that owns it gives it out.
  ExchangeHandle GiveOut() {
    Exchange& exchange = slab().New();
    slab().Accept(exchange);
    exchange.owner = &owner;
    exchange.out = true;
    return ExchangeHandle(&exchange);
  }
  std::vector<Exchange*> Fill(ExchangeList& list, int count) {
    std::vector<Exchange*> exchanges;
    for (int i = 0; i < count; ++i) {
      ExchangeHandle handle = GiveOut();
      exchanges.push_back(handle.get());
      list.Push(std::move(handle));
    }
    return exchanges;
  }

  Owner owner;
};

TEST_F(ExchangeTest, GoesHomeOnceWhenItsHandleIsDropped) {
  ExchangeHandle handle = GiveOut();
  Exchange* exchange = handle.get();
  handle = ExchangeHandle();
  EXPECT_TRUE(owner.dropped.empty()) << "home hears of it on a turn of its own";
  reactor->Step();
  EXPECT_EQ(owner.dropped, std::vector<Exchange*>{exchange});
  EXPECT_FALSE(exchange->out);
  reactor->Step();
  EXPECT_EQ(owner.dropped.size(), 1u);
}

TEST_F(ExchangeTest, DroppingAHandleTakesNothingFromTheHeap) {
  ExchangeHandle handle = GiveOut();
  uint64_t before = AllocationsOnThisThread();
  { ExchangeHandle dropped = std::move(handle); }
  EXPECT_EQ(AllocationsOnThisThread(), before);
  reactor->Step();
}

TEST_F(ExchangeTest, AMovedOrReleasedHandleSendsNothingHome) {
  ExchangeHandle first = GiveOut();
  Exchange* exchange = first.get();
  {
    ExchangeHandle second = std::move(first);
    EXPECT_FALSE(first);
    EXPECT_EQ(second.release(), exchange);
  }
  reactor->Step();
  EXPECT_TRUE(owner.dropped.empty());
}

TEST_F(ExchangeTest, GoesHomeFromAnotherThread) {
  constexpr int kExchanges = 100;
  ExchangeList list;
  std::vector<Exchange*> exchanges = Fill(list, kExchanges);
  std::thread([mine = std::move(list)]() mutable { mine.Clear(); }).join();
  reactor->Step();
  EXPECT_EQ(owner.dropped, exchanges);
}

TEST_F(ExchangeTest, GoesHomeFromManyThreadsAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kExchanges = 500;
  std::vector<ExchangeList> lists(kThreads);
  for (ExchangeList& list : lists) Fill(list, kExchanges);
  std::vector<std::thread> threads;
  for (ExchangeList& list : lists) {
    threads.emplace_back([mine = std::move(list)]() mutable {
      while (!mine.empty()) mine.Pop();
    });
  }
  while (owner.dropped.size() < size_t{kThreads} * kExchanges) reactor->Step();
  for (std::thread& thread : threads) thread.join();
  reactor->Step();
  EXPECT_EQ(owner.dropped.size(), size_t{kThreads} * kExchanges);
}

TEST_F(ExchangeTest, IsFreedWhenItComesHomeAfterItsConnectionDied) {
  ExchangeHandle handle = GiveOut();
  handle->owner = nullptr;
  slab().Decide(*handle, Outcome::kClientGone);
  { ExchangeHandle dropped = std::move(handle); }
  EXPECT_EQ(slab().live(), 1u);
  reactor->Step();
  EXPECT_EQ(slab().live(), 0u);
  EXPECT_TRUE(owner.dropped.empty());
}

TEST_F(ExchangeTest, MayBeGivenOutAgainAfterItCameHome) {
  for (int i = 0; i < 3; ++i) {
    Exchange& exchange = slab().New();
    exchange.owner = &owner;
    exchange.out = true;
    { ExchangeHandle dropped(&exchange); }
    reactor->Step();
    ASSERT_EQ(owner.dropped.size(), static_cast<size_t>(i) + 1);
    slab().Free(exchange);
  }
}

TEST_F(ExchangeTest, AListHandsOutInTheOrderOfPushing) {
  ExchangeList list;
  EXPECT_TRUE(list.empty());
  std::vector<Exchange*> exchanges = Fill(list, 3);
  EXPECT_EQ(list.size(), 3u);
  EXPECT_EQ(list.front(), exchanges[0]);
  for (Exchange* exchange : exchanges) EXPECT_EQ(list.Pop().release(), exchange);
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.size(), 0u);
}

TEST_F(ExchangeTest, AListGivesUpOneFromWhereverItStands) {
  for (size_t wanted : {0u, 1u, 2u, 3u}) {
    ExchangeList list;
    std::vector<Exchange*> exchanges = Fill(list, 4);
    EXPECT_EQ(list.Remove(*exchanges[wanted]).release(), exchanges[wanted]);
    EXPECT_EQ(list.size(), 3u);
    exchanges.erase(exchanges.begin() + static_cast<ptrdiff_t>(wanted));
    // One more at the end shows that the list still knows where that is.
    ExchangeHandle last = GiveOut();
    exchanges.push_back(last.get());
    list.Push(std::move(last));
    for (Exchange* exchange : exchanges) EXPECT_EQ(list.Pop().release(), exchange);
    EXPECT_TRUE(list.empty());
  }
}

TEST_F(ExchangeTest, AListDoesNotGiveUpWhatItDoesNotHave) {
  ExchangeList list;
  Fill(list, 2);
  ExchangeHandle other = GiveOut();
  EXPECT_FALSE(list.Remove(*other));
  EXPECT_EQ(list.size(), 2u);
  ExchangeList empty;
  EXPECT_FALSE(empty.Remove(*other));
}

TEST_F(ExchangeTest, AListThatDiesSendsAllHomeInOrder) {
  std::vector<Exchange*> exchanges;
  {
    ExchangeList list;
    exchanges = Fill(list, 3);
    ExchangeList moved = std::move(list);
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(moved.size(), 3u);
  }
  reactor->Step();
  EXPECT_EQ(owner.dropped, exchanges);
}

TEST(BodyStorage, KeepsItsBytesWhileItGrows) {
  BodyStorage body;
  std::string expected;
  for (size_t size : {1u, 0u, 7u, 100u, 4096u, 100'000u, 3u}) {
    std::string piece(size, static_cast<char>('a' + expected.size() % 26));
    body.Append(piece);
    expected += piece;
    ASSERT_EQ(body.view(), expected);
  }
  EXPECT_EQ(body.size(), expected.size());
}

TEST(BodyStorage, CountsOnlyWhatIsCommitted) {
  BodyStorage body;
  char* room = body.Grow(10);
  std::copy_n("abc", 3, room);
  body.Commit(3);
  EXPECT_EQ(body.view(), "abc");
  EXPECT_GE(body.room(), 7u);
}

TEST(BodyStorage, HoldsNothingWhenCleared) {
  BodyStorage body;
  body.Append("abc");
  body.Clear();
  EXPECT_EQ(body.size(), 0u);
  EXPECT_EQ(body.room(), 0u);
  body.Append("d");
  EXPECT_EQ(body.view(), "d");
}

}  // namespace
}  // namespace troupe
