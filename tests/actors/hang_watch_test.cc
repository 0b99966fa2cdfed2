#include "runtime/actors/hang_watch.h"

#include <gtest/gtest.h>

namespace troupe {
namespace {

using Finding = HangWatch::Finding;

constexpr Nanos kMs = kNanosPerMilli;
constexpr Nanos kBegan = 1000 * kMs;

Worker::Activity Busy(uint64_t request, Nanos hung_at = kNever) {
  Worker::Activity activity;
  activity.since = kBegan;
  activity.hung_at = hung_at;
  activity.request = request;
  return activity;
}

TEST(HangWatch, FindsNothingInAWorkerThatDoesNothing) {
  for (bool on_reactors : {false, true}) {
    HangWatch watch(on_reactors);
    EXPECT_EQ(watch.Look(Worker::Activity(), kNever - 1), Finding::kNothing);
  }
}

TEST(HangWatch, AHandlerOffTheReactorsHangsWhenItsTimeIsOverAndNotEarlier) {
  HangWatch watch(/*on_reactors=*/false);
  EXPECT_EQ(watch.Look(Busy(1, kBegan + 5000 * kMs), kBegan + 4999 * kMs), Finding::kNothing);
  EXPECT_EQ(watch.Look(Busy(1, kBegan + 5000 * kMs), kBegan + 5000 * kMs), Finding::kHangs);
}

TEST(HangWatch, AHandlerOnAReactorBlocksItAfterATenthOfASecond) {
  HangWatch watch(/*on_reactors=*/true);
  EXPECT_EQ(watch.Look(Busy(1), kBegan + 99 * kMs), Finding::kNothing);
  EXPECT_EQ(watch.Look(Busy(1), kBegan + 100 * kMs), Finding::kBlocks);
}

TEST(HangWatch, NamesEachCulpritOnce) {
  HangWatch watch(/*on_reactors=*/true);
  const Nanos late = kBegan + kNanosPerSecond;
  for (uint64_t request = 1; request <= 5000; ++request) {
    ASSERT_EQ(watch.Look(Busy(request), late), Finding::kBlocks) << request;
    ASSERT_EQ(watch.Look(Busy(request), late), Finding::kNothing) << request;
  }
}

}  // namespace
}  // namespace troupe
