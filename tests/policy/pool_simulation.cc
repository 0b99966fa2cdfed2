#include "tests/policy/pool_simulation.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "tests/policy/random.h"

namespace troupe::policy {

Nanos Percentile95(std::vector<Nanos>& values) {
  if (values.empty()) return 0;
  const auto p95 = values.begin() + static_cast<ptrdiff_t>(values.size() * 95 / 100);
  std::nth_element(values.begin(), p95, values.end());
  return *p95;
}

PoolSimulation::PoolSimulation(const Options& options)
    : options_(options), random_(options.seed), ready_(options.policy.min) {}

PoolSimulation::Step PoolSimulation::Next(double rate) {
  const Nanos end = now_ + options_.interval;
  while (true) {
    const Nanos until_arrival = FromSeconds(next_arrival_ / rate);
    const Nanos arrival = until_arrival < options_.interval ? now_ + until_arrival : kNever;
    const Nanos completion = busy_.empty() ? kNever : busy_.top().done;
    const Nanos start = starting_.empty() ? kNever : starting_.front();
    const Nanos next = std::min({arrival, completion, start});
    if (next >= end) break;
    Advance(next, rate);
    if (next == completion) {
      OnCompletion();
    } else if (next == start) {
      starting_.pop_front();
      ++ready_;
    } else {
      OnArrival();
    }
    Serve();
  }
  Advance(end, rate);
  Step step = TakeStep();
  step.decision = Decide(options_.policy, state_, step.sample, now_);
  Resize(step.decision.target);
  return step;
}

double PoolSimulation::Draw() { return options_.noisy ? Exponential(random_) : 1; }

void PoolSimulation::Advance(Nanos to, double rate) {
  const double passed = ToSeconds(to - now_);
  next_arrival_ = std::max(0.0, next_arrival_ - passed * rate);
  counts_.busy_time_s += passed * Busy();
  counts_.worker_time_s += passed * std::max(ready_, Busy());
  now_ = to;
}

void PoolSimulation::OnArrival() {
  next_arrival_ = Draw();
  ++counts_.arrivals;
  if (queue_.size() < static_cast<size_t>(options_.queue_max)) {
    queue_.push_back(now_);
  } else {
    ++counts_.sheds;
  }
}

void PoolSimulation::OnCompletion() {
  counts_.service_time_s += ToSeconds(busy_.top().takes);
  ++counts_.completions;
  busy_.pop();
}

void PoolSimulation::Serve() {
  while (!queue_.empty() && Busy() < ready_) {
    counts_.waits.push_back(now_ - queue_.front());
    queue_.pop_front();
    const Nanos takes = FromSeconds(Draw() * ToSeconds(options_.service_time));
    busy_.push({.done = now_ + takes, .takes = takes});
  }
}

PoolSimulation::Step PoolSimulation::TakeStep() {
  Counts counts = std::exchange(counts_, Counts());
  Step step;
  step.at = now_;
  ScalingSample& sample = step.sample;
  sample.workers = Workers();
  sample.queue_depth = static_cast<int>(queue_.size());
  sample.queue_wait_p95 = Percentile95(counts.waits);
  sample.busy_share = counts.busy_time_s / counts.worker_time_s;
  sample.arrivals_per_s = counts.arrivals / ToSeconds(options_.interval);
  if (counts.completions > 0) {
    sample.service_time = FromSeconds(counts.service_time_s / counts.completions);
  }
  sample.sheds = counts.sheds;
  step.waits = std::move(counts.waits);
  return step;
}

void PoolSimulation::Resize(int target) {
  while (Workers() < target) starting_.push_back(now_ + options_.worker_start);
  while (Workers() > target && !starting_.empty()) starting_.pop_back();
  ready_ -= std::max(0, Workers() - target);
}

}  // namespace troupe::policy
