#include "runtime/reactor/timer_wheel.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace troupe {
namespace {

constexpr Nanos kTick = TimerWheel::kTick;

class Timer final : public TimerNode {
 public:
  explicit Timer(std::function<void()> action = nullptr) : action_(std::move(action)) {}
  int fired = 0;

 private:
  void OnTimer() override {
    ++fired;
    if (action_) action_();
  }

  std::function<void()> action_;
};

// Where the wheel's levels meet: 64^k ticks, and one to either side.
std::vector<Nanos> DistancesAroundLevelBorders() {
  std::vector<Nanos> distances;
  for (Nanos border = 1; border <= Nanos{1} << 31; border *= 64) {
    for (Nanos ticks :
         {border - 1, border, border + 1, 2 * border - 1, 63 * border, 63 * border + 1}) {
      if (ticks > 0) distances.push_back(ticks);
    }
  }
  return distances;
}

TEST(TimerWheel, FiresAtItsTimeAndNeverEarlier) {
  for (Nanos start : {0, 1, 62, 63, 64, 4095, 4096, 262'143, 16'777'215, 1'000'000'007}) {
    for (Nanos distance : DistancesAroundLevelBorders()) {
      TimerWheel wheel(start * kTick);
      Timer timer;
      Nanos due = (start + distance) * kTick;
      wheel.Arm(timer, due);
      wheel.Advance(due - 1);
      ASSERT_EQ(timer.fired, 0) << "start " << start << " distance " << distance;
      wheel.Advance(due);
      ASSERT_EQ(timer.fired, 1) << "start " << start << " distance " << distance;
      EXPECT_FALSE(timer.armed());
    }
  }
}

TEST(TimerWheel, RoundsPartsOfATickUp) {
  TimerWheel wheel(0);
  Timer timer;
  wheel.Arm(timer, 5 * kTick + 1);
  wheel.Advance(6 * kTick - 1);
  EXPECT_EQ(timer.fired, 0);
  wheel.Advance(6 * kTick);
  EXPECT_EQ(timer.fired, 1);
}

TEST(TimerWheel, FiresAnOverdueTimerAtTheNextTick) {
  TimerWheel wheel(100 * kTick);
  Timer timer;
  wheel.Arm(timer, 3 * kTick);
  wheel.Advance(101 * kTick - 1);
  EXPECT_EQ(timer.fired, 0);
  wheel.Advance(101 * kTick);
  EXPECT_EQ(timer.fired, 1);
}

TEST(TimerWheel, KeepsATimerBeyondItsHorizonUntilItIsDue) {
  constexpr Nanos kDay = 86'400 * kNanosPerSecond;
  TimerWheel wheel(12'345 * kTick);
  Timer timer;
  wheel.Arm(timer, 40 * kDay);
  for (Nanos day = 1; day < 40; ++day) wheel.Advance(day * kDay);
  wheel.Advance(40 * kDay - 1);
  EXPECT_EQ(timer.fired, 0);
  wheel.Advance(40 * kDay);
  EXPECT_EQ(timer.fired, 1);
}

TEST(TimerWheel, MovesAnArmedTimer) {
  TimerWheel wheel(0);
  Timer timer;
  wheel.Arm(timer, 10 * kTick);
  wheel.Arm(timer, 5000 * kTick);
  EXPECT_EQ(timer.due(), 5000 * kTick);
  wheel.Advance(4999 * kTick);
  EXPECT_EQ(timer.fired, 0);
  wheel.Arm(timer, 5001 * kTick);
  wheel.Advance(5000 * kTick);
  EXPECT_EQ(timer.fired, 0);
  wheel.Advance(5001 * kTick);
  EXPECT_EQ(timer.fired, 1);
}

TEST(TimerWheel, NeverFiresADisarmedTimer) {
  TimerWheel wheel(0);
  Timer timer;
  wheel.Arm(timer, 10 * kTick);
  timer.Disarm();
  EXPECT_FALSE(timer.armed());
  timer.Disarm();  // once more is harmless
  wheel.Advance(100 * kTick);
  EXPECT_EQ(timer.fired, 0);
}

TEST(TimerWheel, DisarmsATimerThatIsDestroyed) {
  TimerWheel wheel(0);
  Timer neighbour;
  wheel.Arm(neighbour, 10 * kTick);
  {
    Timer timer;
    wheel.Arm(timer, 10 * kTick);
  }
  wheel.Advance(10 * kTick);
  EXPECT_EQ(neighbour.fired, 1);
}

TEST(TimerWheel, LeavesTimersDisarmedWhenItIsDestroyed) {
  Timer near;
  Timer far;
  {
    TimerWheel wheel(0);
    wheel.Arm(near, kTick);
    wheel.Arm(far, 100'000 * kTick);
  }
  EXPECT_FALSE(near.armed());
  EXPECT_FALSE(far.armed());
}

TEST(TimerWheel, ATimerMayArmItselfAgain) {
  TimerWheel wheel(0);
  Timer* self = nullptr;
  Timer periodic([&] { wheel.Arm(*self, self->due() + 10 * kTick); });
  self = &periodic;
  wheel.Arm(periodic, 10 * kTick);
  wheel.Advance(35 * kTick);  // late: it catches up
  EXPECT_EQ(periodic.fired, 3);
  EXPECT_EQ(periodic.due(), 40 * kTick);
  EXPECT_TRUE(periodic.armed());
}

TEST(TimerWheel, ATimerThatIsAlwaysDueDoesNotKeepTheWheelFromReturning) {
  TimerWheel wheel(0);
  Timer* self = nullptr;
  Timer hasty([&] { wheel.Arm(*self, 0); });
  self = &hasty;
  wheel.Arm(hasty, 0);
  wheel.Advance(3 * kTick);
  EXPECT_EQ(hasty.fired, 3);  // once a tick
}

TEST(TimerWheel, ATimerMayDisarmOneThatIsDueAtTheSameTime) {
  TimerWheel wheel(0);
  Timer second;
  Timer first([&] { second.Disarm(); });
  wheel.Arm(first, 10 * kTick);
  wheel.Arm(second, 10 * kTick);
  wheel.Advance(10 * kTick);
  EXPECT_EQ(first.fired, 1);
  EXPECT_EQ(second.fired, 0);
}

TEST(TimerWheel, ATimerMayPostponeOneThatIsDueAtTheSameTime) {
  TimerWheel wheel(0);
  Timer second;
  Timer first([&] { wheel.Arm(second, 20 * kTick); });
  wheel.Arm(first, 10 * kTick);
  wheel.Arm(second, 10 * kTick);
  wheel.Advance(19 * kTick);
  EXPECT_EQ(second.fired, 0);
  wheel.Advance(20 * kTick);
  EXPECT_EQ(second.fired, 1);
}

TEST(TimerWheel, ATimerMayDestroyOthersThatAreDueAtTheSameTime) {
  TimerWheel wheel(0);
  auto second = std::make_unique<Timer>();
  auto third = std::make_unique<Timer>();
  Timer last;
  Timer first([&] {
    second.reset();
    third.reset();
  });
  wheel.Arm(first, 10 * kTick);
  wheel.Arm(*second, 10 * kTick);
  wheel.Arm(*third, 10 * kTick);
  wheel.Arm(last, 10 * kTick);
  wheel.Advance(10 * kTick);
  EXPECT_EQ(last.fired, 1);
}

TEST(TimerWheel, FiresInTheOrderOfTicksWhenAdvancedPastSeveral) {
  TimerWheel wheel(0);
  std::vector<Nanos> order;
  std::vector<std::unique_ptr<Timer>> timers;
  for (Nanos due : {70, 3, 5000, 64, 63, 4096, 1}) {
    timers.push_back(std::make_unique<Timer>([&order, due] { order.push_back(due); }));
    wheel.Arm(*timers.back(), due * kTick);
  }
  wheel.Advance(10'000 * kTick);
  EXPECT_EQ(order, (std::vector<Nanos>{1, 3, 63, 64, 70, 4096, 5000}));
}

TEST(TimerWheel, FiresNoMoreThanAskedForAndTheOthersNextTimeInTheirOrder) {
  TimerWheel wheel(0);
  std::vector<int> order;
  std::vector<std::unique_ptr<Timer>> timers;
  for (int i = 0; i < 5; ++i) {
    timers.push_back(std::make_unique<Timer>([&order, i] { order.push_back(i); }));
    wheel.Arm(*timers.back(), (i < 3 ? 10 : 11) * kTick);
  }
  wheel.Advance(20 * kTick, 2);
  EXPECT_EQ(order, (std::vector<int>{0, 1}));
  EXPECT_EQ(wheel.TimeToNext(20 * kTick), 0);
  wheel.Advance(20 * kTick, 2);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
  wheel.Advance(20 * kTick, 2);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(wheel.TimeToNext(20 * kTick), kNever);
}

TEST(TimerWheel, ATimerThatIsDueButHasNotFiredMayBeDisarmedMovedOrDestroyed) {
  TimerWheel wheel(0);
  Timer first;
  Timer disarmed;
  Timer moved;
  auto destroyed = std::make_unique<Timer>();
  for (Timer* timer : {&first, &disarmed, &moved, destroyed.get()}) wheel.Arm(*timer, 10 * kTick);
  wheel.Advance(10 * kTick, 1);
  disarmed.Disarm();
  wheel.Arm(moved, 30 * kTick);
  destroyed.reset();
  wheel.Advance(29 * kTick, 1);
  EXPECT_EQ(disarmed.fired + moved.fired, 0);
  wheel.Advance(30 * kTick, 1);
  EXPECT_EQ(first.fired, 1);
  EXPECT_EQ(moved.fired, 1);
}

TEST(TimerWheel, LeavesTimersDisarmedThatWereDueWhenItIsDestroyed) {
  Timer first;
  Timer second;
  {
    TimerWheel wheel(0);
    wheel.Arm(first, 10 * kTick);
    wheel.Arm(second, 10 * kTick);
    wheel.Advance(10 * kTick, 1);
  }
  EXPECT_FALSE(second.armed());
}

TEST(TimerWheel, HasNothingToWaitForWithoutTimers) {
  TimerWheel wheel(0);
  EXPECT_EQ(wheel.TimeToNext(0), kNever);
  Timer timer;
  wheel.Arm(timer, 10 * kTick);
  timer.Disarm();
  EXPECT_EQ(wheel.TimeToNext(0), kNever);
  wheel.Arm(timer, 10 * kTick);
  wheel.Advance(10 * kTick);
  EXPECT_EQ(wheel.TimeToNext(10 * kTick), kNever);
}

TEST(TimerWheel, SaysExactlyHowLongUntilANearTimer) {
  TimerWheel wheel(0);
  Timer timer;
  wheel.Arm(timer, 10 * kTick);
  EXPECT_EQ(wheel.TimeToNext(0), 10 * kTick);
  EXPECT_EQ(wheel.TimeToNext(3 * kTick + 1), 7 * kTick - 1);
  EXPECT_EQ(wheel.TimeToNext(12 * kTick), 0);  // overdue
}

// A loop that sleeps for TimeToNext must reach the timer on time, and without waking up often.
TEST(TimerWheel, ReachesAFarTimerOnTimeWhenAdvancedOnlyWhenItAsks) {
  for (Nanos distance : DistancesAroundLevelBorders()) {
    Nanos now = 4099 * kTick;
    TimerWheel wheel(now);
    Timer timer;
    Nanos due = now + distance * kTick;
    wheel.Arm(timer, due);
    int wakes = 0;
    while (timer.fired == 0) {
      Nanos wait = wheel.TimeToNext(now);
      ASSERT_GT(wait, 0);
      now += wait;
      ASSERT_LE(now, due) << "slept past it, distance " << distance;
      wheel.Advance(now);
      ++wakes;
    }
    EXPECT_EQ(now, due);
    // Once for each level, and once more for each time round the whole wheel.
    EXPECT_LE(wakes, 5 + distance / (Nanos{1} << 30)) << "distance " << distance;
  }
}

// The wheel beside a model of it that looks at every timer.
class TimerWheelModel {
 public:
  explicit TimerWheelModel(uint64_t seed) : random_(seed), timers_(200), ready_tick_(200, kNever) {}

  void Run(int operations) {
    for (int i = 0; i < operations && !testing::Test::HasFatalFailure(); ++i) {
      size_t chosen = random_() % timers_.size();
      switch (random_() % 8) {
        case 0:
        case 1:
        case 2:
        case 3:
          Arm(chosen);
          break;
        case 4:
          timers_[chosen].Disarm();
          ready_tick_[chosen] = kNever;
          break;
        default:
          Advance();
      }
    }
  }

 private:
  // Small and large alike.
  Nanos SomeTime(int bits_max) {
    return static_cast<Nanos>(random_() >> (64 - 1 - random_() % static_cast<uint64_t>(bits_max)));
  }

  void Arm(size_t chosen) {
    Nanos due = now_ + SomeTime(54) - kTick;
    wheel_.Arm(timers_[chosen], due);
    Nanos due_tick = due <= 0 ? 0 : (due + kTick - 1) / kTick;
    ready_tick_[chosen] = std::max(due_tick, now_ / kTick + 1);
  }

  void Advance() {
    now_ += SomeTime(48);
    wheel_.Advance(now_);
    Nanos next = kNever;
    for (size_t i = 0; i < timers_.size(); ++i) {
      bool due = ready_tick_[i] <= now_ / kTick;
      ASSERT_EQ(timers_[i].fired, due ? 1 : 0) << "timer " << i << " at " << now_;
      if (due) ready_tick_[i] = kNever;
      timers_[i].fired = 0;
      next = std::min(next, ready_tick_[i]);
    }
    Nanos wait = wheel_.TimeToNext(now_);
    if (next == kNever) {
      ASSERT_EQ(wait, kNever);
    } else {
      ASSERT_LE(wait, next * kTick - now_);
      ASSERT_GT(wait, 0);
    }
  }

  std::mt19937_64 random_;
  Nanos now_ = 123'456'789;
  TimerWheel wheel_{123'456'789};
  std::vector<Timer> timers_;
  std::vector<Nanos>
      ready_tick_;  // the first tick at which it may and must fire; kNever: not armed
};

TEST(TimerWheel, AgreesWithASimpleModelOverRandomOperations) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    TimerWheelModel(seed).Run(5000);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace troupe
