#include "runtime/telemetry/byte_ring.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace troupe::telemetry {
namespace {

std::string TakeAll(ByteRing& ring) {
  std::string taken;
  for (const std::string_view piece : ring.Peek()) taken += piece;
  ring.Consume(taken.size());
  return taken;
}

TEST(ByteRing, RoundsItsCapacityUpToAPowerOfTwo) {
  EXPECT_EQ(ByteRing(5).capacity(), 8u);
  EXPECT_EQ(ByteRing(8).capacity(), 8u);
}

TEST(ByteRing, TakesAllOfTheBytesOrNone) {
  ByteRing ring(8);
  EXPECT_TRUE(ring.empty());
  EXPECT_TRUE(ring.Put("abcde"));
  EXPECT_FALSE(ring.Put("fghi"));
  EXPECT_TRUE(ring.Put("fgh"));
  EXPECT_FALSE(ring.Put("i"));
  EXPECT_FALSE(ring.empty());
  EXPECT_EQ(TakeAll(ring), "abcdefgh");
  EXPECT_TRUE(ring.empty());
}

TEST(ByteRing, HasRoomAgainForWhatWasConsumed) {
  ByteRing ring(8);
  ASSERT_TRUE(ring.Put("abcdefgh"));
  ring.Consume(3);
  EXPECT_FALSE(ring.Put("1234"));
  EXPECT_TRUE(ring.Put("123"));
  EXPECT_EQ(ring.used(), 8u);
  EXPECT_EQ(TakeAll(ring), "defgh123");
}

TEST(ByteRing, GivesWhatWrapsAroundInTwoPieces) {
  ByteRing ring(8);
  ASSERT_TRUE(ring.Put("abcdef"));
  ring.Consume(6);
  ASSERT_TRUE(ring.Put("1234"));
  EXPECT_EQ(ring.Peek()[0], "12");
  EXPECT_EQ(ring.Peek()[1], "34");
}

TEST(ByteRing, CarriesEveryByteInOrderFromOneThreadToAnother) {
  constexpr int kNumbers = 20'000;
  ByteRing ring(64);
  std::string expected;
  for (int i = 0; i < kNumbers; ++i) expected += std::to_string(i) + "\n";
  std::thread producer([&ring] {
    for (int i = 0; i < kNumbers; ++i) {
      const std::string line = std::to_string(i) + "\n";
      while (!ring.Put(line)) std::this_thread::yield();
    }
  });
  std::string taken;
  while (taken.size() < expected.size()) {
    const std::string piece = TakeAll(ring);
    if (piece.empty()) std::this_thread::yield();
    taken += piece;
  }
  producer.join();
  EXPECT_EQ(taken, expected);
}

}  // namespace
}  // namespace troupe::telemetry
