// A limit of requests in flight that learns how many a pool can take: more than that only makes all
// of them wait. It follows the gradient of the latency: while it stays within `tolerance` of the
// calm latency the limit grows, beyond it the limit shrinks in proportion.
//
// The calm latency is learnt whenever at most half the limit is in use. A pool that is always at
// its limit shows no calm by itself, so there the limit is lowered for a moment from time to time:
// often at first, when little is known, then every calm_measured_every.
//
// Why not additive increase and multiplicative decrease: that needs losses to learn from, so
// latency would have to reach a time-out before the limit shrinks.
//
// One thread; deterministic; no allocation.
#pragma once

#include "runtime/policy/nanos.h"

namespace troupe::policy {

struct AdaptiveLimitPolicy {
  int floor = 2;                       // at least 1; the limit is never below
  int ceiling = 1000;                  // at least floor; the limit is never above
  int initial = 20;                    // between the two
  double tolerance = 1.5;              // over 1: how many times the calm latency is still well
  Nanos window = 50 * kNanosPerMilli;  // the limit moves once in at least this time
  int window_samples = 25;             // and in at least this many requests
  Nanos calm_measured_every = 30 * kNanosPerSecond;
};

class AdaptiveLimit {
 public:
  AdaptiveLimit(const AdaptiveLimitPolicy& policy, Nanos now);

  // A request ended `rtt` after it was admitted; in_flight counts what was in flight then, with it.
  // `dropped`: it ran into a time-out. Its latency says nothing, and the limit shrinks.
  void OnSample(Nanos now, Nanos rtt, int in_flight, bool dropped);
  // Admit while fewer are in flight.
  int limit() const;

 private:
  struct Window {
    Nanos began = 0;
    double rtt_sum = 0;
    int samples = 0;
    int drops = 0;
    int in_flight_max = 0;
  };

  bool Complete(Nanos now) const;
  void EndWindow(Nanos now, int in_flight);
  void EndMeasuring(double rtt, Nanos now);
  // `used`: enough was in flight to tell that more is well.
  void Adjust(double rtt, bool used);

  AdaptiveLimitPolicy policy_;
  double limit_;
  double calm_rtt_ = 0;  // 0: not known yet
  Window window_;

  bool measuring_ = false;  // the calm latency: at a lower limit
  int settling_ = 0;        // samples to skip: they were admitted before the measuring began
  Nanos measure_at_;        // not before
  Nanos measure_pause_ = kNanosPerSecond;
};

}  // namespace troupe::policy
