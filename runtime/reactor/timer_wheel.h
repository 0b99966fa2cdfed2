// A hierarchical timer wheel (Varghese and Lauck 1987): arming and disarming cost a few
// instructions, whatever the number of timers. One per reactor, its thread only. A timer never
// fires early, and by up to kTick late.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "runtime/reactor/clock.h"

namespace troupe {

class TimerWheel;

// Derive and override OnTimer. Not armed again by firing. Destroying an armed node disarms it.
class TimerNode {
 public:
  TimerNode() = default;
  TimerNode(const TimerNode&) = delete;
  TimerNode& operator=(const TimerNode&) = delete;

  bool armed() const { return next_ != nullptr; }
  Nanos due() const { return due_; }
  void Disarm();

 protected:
  ~TimerNode() { Disarm(); }

 private:
  friend class TimerWheel;
  virtual void OnTimer() = 0;

  TimerNode* next_ = nullptr;
  TimerNode* previous_ = nullptr;
  Nanos due_ = 0;
};

class TimerWheel {
 public:
  // With longer ticks those who sleep wait longer than they asked for; with shorter ones the
  // reactor wakes more often, for fewer timers each time.
  static constexpr Nanos kTick = kNanosPerMilli / 2;

  explicit TimerWheel(Nanos now);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  ~TimerWheel();

  // Arms `timer` to fire once at or after `due`; one that is armed is moved.
  void Arm(TimerNode& timer, Nanos due);
  // Fires the timers due at `now`, at most `count_max`, the others next time; they may arm and
  // disarm any timer.
  void Advance(Nanos now, int count_max = std::numeric_limits<int>::max());
  // How long nothing can fire; kNever when no timer is armed. A lower bound: with timers far away
  // the wheel wants to be advanced now and then.
  Nanos TimeToNext(Nanos now);

 private:
  static constexpr int kLevels = 5;  // 64^5 ticks: over six days; later ones wait in the last slot
  static constexpr int kBits = 6;
  static constexpr int kSlots = 1 << kBits;
  using Tick = int64_t;

  // The head of a circular list.
  class Slot final : public TimerNode {
    void OnTimer() override {}
  };

  // Puts `timer` where it fires at its due tick, or at `earliest` if that is later.
  void Link(TimerNode& timer, Tick earliest);
  void Cascade(int level);
  // True when none that is due is left.
  bool FireDue(int& count_left);
  Tick NextTick();  // -1: none
  static bool Empty(const Slot& slot) { return slot.next_ == &slot; }
  static void Clear(Slot& slot);
  static void MoveAll(Slot& from, Slot& to);

  std::array<std::array<Slot, kSlots>, kLevels> slots_;
  // A bit for each slot that may hold timers; disarming leaves it set, the next look clears it.
  std::array<uint64_t, kLevels> occupied_{};
  Slot due_;   // to fire next
  Tick tick_;  // everything up to here has fired or is in due_
};

}  // namespace troupe
