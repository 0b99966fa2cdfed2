// A limit of requests in flight that learns how many a pool can take: more than that only makes all
// of them wait. It follows the gradient of the latency. A calm latency is measured while few
// requests are in flight; while latency stays within `tolerance` of it the limit grows, beyond it
// the limit shrinks in proportion. The calm latency is measured anew from time to time at half the
// limit, for a pool that is always loaded shows no calm by itself, and the work may have changed.
//
// Why not additive increase and multiplicative decrease: that needs losses to learn from, so
// latency would have to reach a time-out before the limit shrinks.
//
// One thread; deterministic; no allocation.
#pragma once

#include "runtime/policy/nanos.h"

namespace troupe::policy {

struct AdaptiveLimitPolicy {
  int floor = 4;                       // at least 1; never less than this is admitted
  int ceiling = 1000;                  // at least floor; never more
  double tolerance = 1.5;              // over 1: latency / calm latency
  Nanos window = 50 * kNanosPerMilli;  // at least this long,
  int window_samples = 50;             // and at least this many, make one step
  Nanos calm_measured_every = 30 * kNanosPerSecond;
};

class AdaptiveLimit {
 public:
  AdaptiveLimit(const AdaptiveLimitPolicy& policy, Nanos now);

  // A request ended `rtt` after it was admitted; in_flight counts what was in flight then, with it.
  // `dropped`: it ran into a time-out, so that its latency says nothing and the limit shrinks.
  void OnSample(Nanos now, Nanos rtt, int in_flight, bool dropped);
  // Admit while fewer are in flight.
  int limit() const;

 private:
  struct Window {
    Nanos began;
    double rtt_sum = 0;
    int samples = 0;
    int in_flight_max = 0;
    bool dropped = false;
  };

  void EndWindow(Nanos now);
  void Adjust(const Window& window);
  void BeginMeasuring();
  void EndMeasuring(double rtt, Nanos now);

  AdaptiveLimitPolicy policy_;
  double limit_;
  double calm_rtt_ = 0;  // 0: not known yet
  Window window_;
  bool measuring_ = true;  // the calm latency: at a lower limit
  int settling_ = 0;       // samples to skip: they were admitted before the measuring began
  Nanos measure_at_ = 0;
};

}  // namespace troupe::policy
