#include "runtime/reactor/buffer_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "tests/reactor/allocations.h"

namespace troupe {
namespace {

constexpr size_t kPlenty = 1 << 20;
constexpr size_t kSmall = BufferPool::kCapacities[0];
constexpr size_t kLarge = BufferPool::kCapacities.back();

TEST(BufferPool, LendsAnEmptyBufferOfTheSmallestSizeThatFits) {
  BufferPool pool(kPlenty);
  for (size_t i = 0; i < BufferPool::kCapacities.size(); ++i) {
    size_t capacity = BufferPool::kCapacities[i];
    size_t below = i == 0 ? 0 : BufferPool::kCapacities[i - 1];
    for (size_t asked : {below + 1, capacity}) {
      BufferRef buffer = pool.Borrow(asked);
      EXPECT_EQ(buffer->capacity, capacity);
      EXPECT_EQ(buffer->free_size(), capacity);
      EXPECT_TRUE(buffer->bytes().empty());
    }
  }
}

TEST(BufferPool, EveryByteOfABufferMayBeUsed) {
  BufferPool pool(kPlenty);
  for (size_t asked : {kSmall, kLarge, kLarge + 1}) {
    BufferRef buffer = pool.Borrow(asked);
    std::memset(buffer->free_begin(), 'x', buffer->free_size());
    buffer->filled = buffer->capacity;
    EXPECT_EQ(buffer->bytes(), std::string(buffer->capacity, 'x'));
    EXPECT_EQ(buffer->free_size(), 0u);
  }
}

TEST(BufferPool, LendsWhatCameBackLastFirst) {
  BufferPool pool(kPlenty);
  BufferRef first = pool.Borrow(1);
  BufferRef second = pool.Borrow(1);
  Buffer* first_address = first.get();
  Buffer* second_address = second.get();
  first->filled = 100;
  second.Reset();
  first.Reset();
  BufferRef third = pool.Borrow(1);
  EXPECT_EQ(third.get(), first_address);
  EXPECT_EQ(third->filled, 0u);
  EXPECT_EQ(pool.Borrow(1).get(), second_address);
}

TEST(BufferPool, TakesNothingFromTheHeapForABufferItHasKept) {
  BufferPool pool(kPlenty);
  for (size_t capacity : BufferPool::kCapacities) pool.Borrow(capacity);
  uint64_t before = AllocationsOnThisThread();
  for (size_t capacity : BufferPool::kCapacities) pool.Borrow(capacity);
  EXPECT_EQ(AllocationsOnThisThread(), before);
}

TEST(BufferPool, KeepsNoMoreThanItsBound) {
  BufferPool pool(2 * kSmall);
  {
    std::vector<BufferRef> buffers;
    for (int i = 0; i < 3; ++i) buffers.push_back(pool.Borrow(1));
  }
  uint64_t before = AllocationsOnThisThread();
  BufferRef first = pool.Borrow(1);
  BufferRef second = pool.Borrow(1);
  EXPECT_EQ(AllocationsOnThisThread(), before) << "two were kept";
  BufferRef third = pool.Borrow(1);
  EXPECT_EQ(AllocationsOnThisThread(), before + 1) << "the third was freed";
}

TEST(BufferPool, WhatIsLentAgainCountsNoMoreAsKept) {
  BufferPool pool(kSmall);
  for (int i = 0; i < 10; ++i) pool.Borrow(1);
  uint64_t before = AllocationsOnThisThread();
  pool.Borrow(1);
  EXPECT_EQ(AllocationsOnThisThread(), before);
}

TEST(BufferPool, DoesNotKeepABufferBeyondTheLargestSize) {
  BufferPool pool(kPlenty);
  EXPECT_EQ(pool.Borrow(kLarge + 1)->capacity, kLarge + 1);
  uint64_t before = AllocationsOnThisThread();
  pool.Borrow(kLarge + 1);
  EXPECT_EQ(AllocationsOnThisThread(), before + 1);
}

TEST(BufferPool, TakesABufferBackWithItsLastReference) {
  BufferPool pool(kPlenty);
  BufferRef first = pool.Borrow(1);
  BufferRef copy = first;
  BufferRef moved = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_EQ(pool.borrowed(), 1u);
  copy.Reset();
  copy.Reset();  // once more is harmless
  EXPECT_EQ(pool.borrowed(), 1u);
  moved = BufferRef();
  EXPECT_EQ(pool.borrowed(), 0u);
}

TEST(BufferPool, AssigningAReferenceLetsGoOfTheOldOne) {
  BufferPool pool(kPlenty);
  BufferRef first = pool.Borrow(1);
  BufferRef second = pool.Borrow(1);
  first = second;
  EXPECT_EQ(pool.borrowed(), 1u);
  EXPECT_EQ(first.get(), second.get());
  BufferRef& same = first;
  first = same;
  EXPECT_EQ(first->references, 2u);
}

}  // namespace
}  // namespace troupe
