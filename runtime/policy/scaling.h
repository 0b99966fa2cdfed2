// How many workers a pool should have. Decide() is called at a steady pace, for instance every 250
// ms, with a sample of the time since the last call; the pool's supervisor carries out what it
// says.
//
// Up: when requests wait too long, are shed, or the workers are too busy; at once when a queue
// builds up, else when it lasts. The target follows from the load, not from trial: arrivals x
// service time (Little's law) is the number of busy workers; enough are added that the busy share
// lies in the middle of its band and few requests wait for longer than target_wait (Erlang C), and
// some more to clear the queue. So a step in the load is met within a few decisions.
//
// Down: slowly, to what would have been enough for the whole cooldown, and only after twice that
// time from a step up. So there are at most two changes of direction in twice cooldown_down,
// whatever the load does.
//
// One thread; deterministic; no allocation but for the text of Explain().
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "runtime/policy/nanos.h"

namespace troupe::policy {

struct ScalingPolicy {
  int min = 1;                                 // at least 1
  int max = 1;                                 // at least min
  Nanos target_wait = 10 * kNanosPerMilli;     // over 0; of 95 in 100 requests, in the queue
  double busy_high = 0.8;                      // above this workers are added
  double busy_low = 0.5;                       // above this none is removed
  Nanos queue_clear_time = kNanosPerSecond;    // in which a queue that built up should be gone
  double step_up_max = 4.0;                    // at most this multiple of the workers is added
  double step_down_max = 0.5;                  // at most this share of the workers is removed
  Nanos cooldown_up = 250 * kNanosPerMilli;    // from one step up to the next
  Nanos cooldown_down = 30 * kNanosPerSecond;  // over 0; of low load before a step down
};

// What was seen since the last decision, unless said otherwise.
struct ScalingSample {
  int workers = 0;            // now: those that run or start, without those that drain
  bool restarting = false;    // now: some worker is being restarted
  int queue_depth = 0;        // now
  Nanos queue_wait_p95 = 0;   // of the requests begun; 0 for those that did not wait
  double busy_share = 0;      // 0 to 1, of the slots of the workers
  double arrivals_per_s = 0;  // all, also those that were shed
  Nanos service_time = 0;     // mean; divided by in_flight_max. 0: no request ended
  int sheds = 0;
};

enum class ScalingReason {
  kSteady,       // nothing to change
  kBounds,       // fewer workers than min or more than max
  kRestarting,   // held: restarts distort the samples
  kUnconfirmed,  // held: may be noise, or a queue that clears
  kCooldown,     // held: too soon after the last step
  kAtMax,        // more workers are needed than the policy allows
  kSheds,        // up: requests were shed
  kQueueWait,    // up: requests wait for longer than target_wait
  kBusy,         // up: busy share over busy_high
  kIdle,         // down: fewer workers would have been enough for the whole cooldown
};
inline constexpr std::array<std::string_view, 10> kScalingReasonNames = {
    "STEADY", "BOUNDS", "RESTARTING", "UNCONFIRMED", "COOLDOWN",
    "AT_MAX", "SHEDS",  "QUEUE_WAIT", "BUSY",        "IDLE"};

constexpr std::string_view ScalingReasonName(ScalingReason reason) {
  return kScalingReasonNames[static_cast<size_t>(reason)];
}

struct ScalingDecision {
  int target = 0;  // workers
  ScalingReason reason = ScalingReason::kSteady;
};

// What Decide() remembers of one pool between its calls.
struct ScalingState {
  Nanos decided_at = kNever;     // kNever: not yet
  Nanos service_time = 0;        // smoothed; 0: not known yet
  double load = 0;               // in busy workers, smoothed
  double late_share = 0;         // of samples with long waits or sheds, smoothed
  Nanos stepped_up_at = kNever;  // kNever: not yet
  Nanos low_since = kNever;      // fewer workers would do since then; kNever: they would not
  int low_workers = 0;           // the most that were needed since then
};

ScalingDecision Decide(const ScalingPolicy& policy, ScalingState& state,
                       const ScalingSample& sample, Nanos now);

// The fewest workers, within min and max, for requests of `service_time` each that keep `load` of
// them busy: with the busy share in the middle of its band, and 95 in 100 requests begun within
// target_wait. A service time of 0 is unknown; the busy share alone decides then.
int WorkersFor(const ScalingPolicy& policy, double load, Nanos service_time);

// The decision as a sentence for people, with the figures that led to it.
std::string Explain(const ScalingPolicy& policy, const ScalingSample& sample,
                    const ScalingDecision& decision);

}  // namespace troupe::policy
