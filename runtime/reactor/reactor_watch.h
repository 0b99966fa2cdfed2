// Measures from outside how late one reactor is: a probe is put into its inbox again and again, and
// what counts is how long that waits until it is taken. An idle reactor takes it at once; one that
// hangs in a handler never does.
//
// Made, started and destroyed on the control reactor's thread, after the watched reactor has
// settled; Lag from any thread. Both reactors outlive this.
#pragma once

#include <atomic>

#include "runtime/reactor/reactor.h"

namespace troupe {

class ReactorWatch final : private TimerNode, private InboxNode {
 public:
  ReactorWatch(Reactor& control, Reactor& watched) : control_(control), watched_(watched) {}

  void Start() { OnTimer(); }
  void Stop() { Disarm(); }

  const Reactor& watched() const { return watched_; }
  // How long the probe on its way has waited by `now`; of the last one when none is on its way.
  Nanos Lag(Nanos now) const;

 private:
  // So much later than a reactor hangs it is noticed at most.
  static constexpr Nanos kEvery = 50 * kNanosPerMilli;

  void OnTimer() override;
  void Deliver(Reactor& watched) override;

  Reactor& control_;
  Reactor& watched_;
  std::atomic<Nanos> sent_at_{0};
  std::atomic<Nanos> last_lag_{0};
  std::atomic<bool> on_its_way_{false};
};

}  // namespace troupe
