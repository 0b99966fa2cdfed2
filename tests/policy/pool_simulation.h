// A pool of workers with a bounded queue in front of them, simulated event by event, which the
// scaling policy steers: what the policy decides is carried out, and what comes of it is what the
// policy sees next. Deterministic: the same options and rates give the same run.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <random>
#include <vector>

#include "runtime/policy/nanos.h"
#include "runtime/policy/scaling.h"

namespace troupe::policy {

// 0 of none. Reorders `values`.
Nanos Percentile95(std::vector<Nanos>& values);

class PoolSimulation {
 public:
  struct Options {
    ScalingPolicy policy;
    Nanos service_time = 50 * kNanosPerMilli;
    // Poisson arrivals and exponential service times; else both are regular.
    bool noisy = false;
    uint64_t seed = 1;
    int queue_max = 2000;
    Nanos interval = 250 * kNanosPerMilli;     // from one decision to the next
    Nanos worker_start = 20 * kNanosPerMilli;  // from the decision until the worker serves
  };

  struct Step {
    Nanos at;
    ScalingSample sample;
    ScalingDecision decision;
    std::vector<Nanos> waits;  // in the queue, of the requests begun; in no order
  };

  explicit PoolSimulation(const Options& options);

  // One interval, in which that many requests a second arrive, and the decision at its end.
  Step Next(double rate);

 private:
  struct Job {
    Nanos done;
    Nanos takes;
    bool operator>(const Job& other) const { return done > other.done; }
  };

  // A unit of the arrivals or of the service time: 1 or, when noisy, exponential of mean 1.
  double Draw();
  int Busy() const { return static_cast<int>(busy_.size()); }
  int Workers() const { return ready_ + static_cast<int>(starting_.size()); }
  void Advance(Nanos to, double rate);
  void OnArrival();
  void OnCompletion();
  void Serve();
  Step TakeStep();
  void Resize(int target);

  Options options_;
  std::mt19937_64 random_;
  ScalingState state_;
  Nanos now_ = 0;
  double next_arrival_ = 0;  // in units of 1 / rate

  int ready_;                   // workers that serve; those that drain are busy beyond them
  std::deque<Nanos> starting_;  // when workers will be ready
  std::priority_queue<Job, std::vector<Job>, std::greater<>> busy_;
  std::deque<Nanos> queue_;  // when its requests arrived

  // Since the last sample.
  struct Counts {
    std::vector<Nanos> waits;
    double busy_time_s = 0;
    double worker_time_s = 0;
    double service_time_s = 0;
    int arrivals = 0;
    int completions = 0;
    int sheds = 0;
  } counts_;
};

}  // namespace troupe::policy
