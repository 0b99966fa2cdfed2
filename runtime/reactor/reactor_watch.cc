#include "runtime/reactor/reactor_watch.h"

#include <algorithm>

namespace troupe {

Nanos ReactorWatch::Lag(Nanos now) const {
  if (!on_its_way_.load(std::memory_order_acquire)) {
    return last_lag_.load(std::memory_order_relaxed);
  }
  return std::max<Nanos>(0, now - sent_at_.load(std::memory_order_relaxed));
}

void ReactorWatch::OnTimer() {
  control_.timers().Arm(*this, control_.now() + kEvery);
  if (on_its_way_.load(std::memory_order_acquire)) return;
  sent_at_.store(control_.ReadClock(), std::memory_order_relaxed);
  on_its_way_.store(true, std::memory_order_release);
  watched_.Push(*this);
}

void ReactorWatch::Deliver(Reactor& watched) {
  last_lag_.store(
      std::max<Nanos>(0, watched.ReadClock() - sent_at_.load(std::memory_order_relaxed)),
      std::memory_order_relaxed);
  on_its_way_.store(false, std::memory_order_release);
}

}  // namespace troupe
