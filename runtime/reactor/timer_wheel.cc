#include "runtime/reactor/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace troupe {

void TimerNode::Disarm() {
  if (next_ == nullptr) return;
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = nullptr;
}

TimerWheel::TimerWheel(Nanos now) : tick_(now / kTick) {
  for (auto& level : slots_) {
    for (Slot& slot : level) slot.next_ = slot.previous_ = &slot;
  }
  due_.next_ = due_.previous_ = &due_;
}

TimerWheel::~TimerWheel() {
  for (auto& level : slots_) {
    for (Slot& slot : level) Clear(slot);
  }
  Clear(due_);
}

void TimerWheel::Clear(Slot& slot) {
  while (!Empty(slot)) slot.next_->Disarm();
  slot.next_ = slot.previous_ = nullptr;
}

void TimerWheel::Arm(TimerNode& timer, Nanos due) {
  timer.Disarm();
  timer.due_ = due;
  Link(timer, tick_ + 1);
}

void TimerWheel::Link(TimerNode& timer, Tick earliest) {
  // Rounded up, so that a timer never fires early.
  Tick due = std::max(earliest, timer.due_ / kTick + (timer.due_ % kTick != 0));
  Tick distance = due - tick_;
  int level = 0;
  while (level < kLevels - 1 && distance >> (kBits * (level + 1)) != 0) ++level;
  if (level == kLevels - 1) due = std::min(due, tick_ + (Tick{kSlots - 1} << (kBits * level)));
  Tick index = due >> (kBits * level) & (kSlots - 1);
  Slot& slot = slots_[level][index];
  timer.previous_ = slot.previous_;
  timer.next_ = &slot;
  slot.previous_->next_ = &timer;
  slot.previous_ = &timer;
  occupied_[level] |= uint64_t{1} << index;
}

void TimerWheel::MoveAll(Slot& from, Slot& to) {
  to.next_ = to.previous_ = &to;
  if (Empty(from)) return;
  to.next_ = from.next_;
  to.previous_ = from.previous_;
  to.next_->previous_ = &to;
  to.previous_->next_ = &to;
  from.next_ = from.previous_ = &from;
}

void TimerWheel::Cascade(int level) {
  Slot moved;
  MoveAll(slots_[level][tick_ >> (kBits * level) & (kSlots - 1)], moved);
  while (!Empty(moved)) {
    TimerNode& timer = *moved.next_;
    timer.Disarm();
    Link(timer, tick_);  // tick_ has not fired yet
  }
  moved.next_ = moved.previous_ = nullptr;
}

bool TimerWheel::FireDue(int& count_left) {
  while (!Empty(due_)) {
    if (count_left-- == 0) return false;
    TimerNode& timer = *due_.next_;
    timer.Disarm();
    timer.OnTimer();
  }
  return true;
}

void TimerWheel::Advance(Nanos now, int count_max) {
  Tick target = now / kTick;
  while (FireDue(count_max) && tick_ < target) {
    Tick next = NextTick();
    if (next < 0 || next > target) {  // nothing fires or cascades until then
      tick_ = target;
      return;
    }
    tick_ = next;
    for (int level = 1; level < kLevels; ++level) {
      if ((tick_ & ((Tick{1} << (kBits * level)) - 1)) != 0) break;
      Cascade(level);
    }
    MoveAll(slots_[0][tick_ & (kSlots - 1)], due_);
  }
}

TimerWheel::Tick TimerWheel::NextTick() {
  Tick next = -1;
  for (int level = 0; level < kLevels; ++level) {
    Tick first = (tick_ >> (kBits * level)) + 1;
    while (occupied_[level] != 0) {
      int start = static_cast<int>(first & (kSlots - 1));
      Tick position = first + std::countr_zero(std::rotr(occupied_[level], start));
      Tick index = position & (kSlots - 1);
      if (Empty(slots_[level][index])) {
        occupied_[level] &= ~(uint64_t{1} << index);
        continue;
      }
      Tick at = position << (kBits * level);
      if (next < 0 || at < next) next = at;
      break;
    }
  }
  return next;
}

Nanos TimerWheel::TimeToNext(Nanos now) {
  if (!Empty(due_)) return 0;
  Tick next = NextTick();
  return next < 0 ? kNever : std::max<Nanos>(0, next * kTick - now);
}

}  // namespace troupe
