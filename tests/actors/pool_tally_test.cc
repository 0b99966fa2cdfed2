#include "runtime/actors/pool_tally.h"

#include <gtest/gtest.h>

namespace troupe {
namespace {

constexpr Nanos kUs = 1000;
constexpr Nanos kMs = kNanosPerMilli;

TEST(PoolTally, CountsWhatItIsTold) {
  PoolTally tally;
  tally.Arrived();
  tally.Arrived();
  tally.Shed();
  WorkTally work;
  work.count = 3;
  work.service_time = 12 * kMs;
  tally.Ended(work);
  const PoolTally::Totals totals = tally.Read(0);
  EXPECT_EQ(totals.arrived, 2u);
  EXPECT_EQ(totals.shed, 1u);
  EXPECT_EQ(totals.ended, 3u);
  EXPECT_EQ(totals.service_time, 12 * kMs);
}

TEST(PoolTally, AWaitIsKnownWithinAFifthFromAMicrosecondToAMinute) {
  for (Nanos wait = 2 * kUs; wait < 10 * kNanosPerSecond; wait = wait * 11 / 10) {
    PoolTally tally;
    tally.Waited(wait);
    const Nanos told = tally.Read(0).WaitQuantile(0.5);
    EXPECT_GE(told, wait);
    EXPECT_LE(told, wait + wait / 4) << "in one of four steps of an octave";
  }
}

TEST(PoolTally, AWaitThatIsNoneIsTold) {
  PoolTally tally;
  EXPECT_EQ(tally.Read(0).WaitQuantile(0.95), 0) << "nobody waited";
  tally.Waited(0);
  tally.Waited(-5);
  EXPECT_EQ(tally.Read(0).WaitQuantile(0.95), 0);
  tally.Waited(kNever);
  EXPECT_GT(tally.Read(0).WaitQuantile(1.0), 10 * kNanosPerSecond);
}

TEST(PoolTally, AQuantileIsTheWaitThatSoManyDidNotExceed) {
  PoolTally tally;
  for (int i = 0; i < 90; ++i) tally.Waited(kMs);
  for (int i = 0; i < 10; ++i) tally.Waited(100 * kMs);
  const PoolTally::Totals totals = tally.Read(0);
  EXPECT_LT(totals.WaitQuantile(0.5), 2 * kMs);
  EXPECT_LT(totals.WaitQuantile(0.90), 2 * kMs);
  EXPECT_GT(totals.WaitQuantile(0.91), 99 * kMs);
  EXPECT_GT(totals.WaitQuantile(0.95), 99 * kMs);
}

TEST(PoolTally, AddsUpTheTimeInWhichSlotsWereTaken) {
  PoolTally tally;
  tally.Occupied(2, 10 * kMs);
  EXPECT_EQ(tally.Read(15 * kMs).occupied, 10 * kMs) << "also those that are taken now";
  tally.Occupied(1, 20 * kMs);
  tally.Occupied(0, 30 * kMs);
  EXPECT_EQ(tally.Read(99 * kMs).occupied, 30 * kMs);
}

TEST(PoolTally, TheDifferenceOfTwoReadingsIsWhatWasBetweenThem) {
  PoolTally tally;
  tally.Arrived();
  tally.Waited(100 * kMs);
  const PoolTally::Totals before = tally.Read(0);
  tally.Arrived();
  tally.Waited(kMs);
  PoolTally::Totals since = tally.Read(0) - before;
  EXPECT_EQ(since.arrived, 1u);
  EXPECT_LT(since.WaitQuantile(1.0), 2 * kMs);
  since += before;
  EXPECT_EQ(since.arrived, 2u);
  EXPECT_GT(since.WaitQuantile(1.0), 99 * kMs);
}

}  // namespace
}  // namespace troupe
