// Writes docs/scaling-day.svg to standard output: the scaling policy alone in a simulated day of
// traffic. The same on every run.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "runtime/policy/nanos.h"
#include "runtime/policy/scaling.h"
#include "tests/policy/pool_simulation.h"
#include "tests/policy/random.h"
#include "tools/chart.h"

namespace troupe::policy {
namespace {

constexpr int kMinutes = 24 * 60;
constexpr int kMinutesInPoint = 2;

constexpr ScalingPolicy kPolicy{.min = 2, .max = 32};
constexpr Nanos kServiceTime = 100 * kNanosPerMilli;

// Requests a second in each minute: quiet nights, a morning and an afternoon peak, some minutes
// higher or lower than others, and sudden bursts.
class Traffic {
 public:
  std::vector<double> Day() {
    std::vector<double> rates;
    double noise = 0;
    double burst = 1;
    for (int minute = 0; minute < kMinutes; ++minute) {
      noise = 0.9 * noise + 0.04 * (2 * Uniform(random_) - 1);
      if (burst == 1 && Uniform(random_) < 1.0 / 120) burst = 1.5 + Uniform(random_);
      if (burst > 1 && Uniform(random_) < 1.0 / 6) burst = 1;
      rates.push_back(Diurnal(minute / 60.0) * (1 + noise) * burst);
    }
    return rates;
  }

 private:
  static double Hump(double hour, double middle, double width) {
    const double distance = (hour - middle) / width;
    return std::exp(-distance * distance);
  }
  static double Diurnal(double hour) {
    return 4 + 90 * Hump(hour, 10.5, 2.8) + 110 * Hump(hour, 16, 3.5) + 40 * Hump(hour, 21, 1.5);
  }
  std::mt19937_64 random_{20};
};

// What is drawn of each point in time.
struct Day {
  std::vector<double> rates;
  std::vector<double> busy;
  std::vector<double> workers;
  std::vector<double> waits_ms;
};

// The simulation's steps of some minutes make one point.
void AddPoint(Day& day, const std::vector<PoolSimulation::Step>& steps) {
  double rate = 0;
  double busy = 0;
  int workers = 0;
  std::vector<Nanos> waits;
  for (const PoolSimulation::Step& step : steps) {
    rate += step.sample.arrivals_per_s;
    busy += step.sample.busy_share * step.sample.workers;
    workers = std::max(workers, step.sample.workers);
    waits.insert(waits.end(), step.waits.begin(), step.waits.end());
  }
  const auto count = static_cast<double>(steps.size());
  day.rates.push_back(rate / count);
  day.busy.push_back(busy / count);
  day.workers.push_back(workers);
  day.waits_ms.push_back(ToMillis(Percentile95(waits)));
}

Day Simulate() {
  PoolSimulation pool({.policy = kPolicy, .service_time = kServiceTime, .noisy = true});
  Day day;
  std::vector<PoolSimulation::Step> steps;
  Nanos minute_end = 0;
  for (const double rate : Traffic().Day()) {
    minute_end += 60 * kNanosPerSecond;
    do {
      steps.push_back(pool.Next(rate));
    } while (steps.back().at < minute_end);
    if (minute_end % (kMinutesInPoint * 60 * kNanosPerSecond) == 0) {
      AddPoint(day, steps);
      steps.clear();
    }
  }
  return day;
}

std::string Draw(const Day& day) {
  const std::vector<double> target(day.rates.size(), ToMillis(kPolicy.target_wait));
  return DrawChart("The scaling policy in a simulated day: 2 to 32 workers, requests of 100 ms",
                   {{.title = "Offered load, requests a second",
                     .max = 300,
                     .lines = {{"arrivals", "#4e79a7", day.rates}}},
                    {.title = "Workers",
                     .max = 40,
                     .lines = {{"busy", "#9c755f", day.busy}, {"workers", "#e15759", day.workers}}},
                    {.title = "Wait in the queue, ms",
                     .max = 40,
                     .lines = {{"target", "#bab0ac", target}, {"p95", "#59a14f", day.waits_ms}}}});
}

}  // namespace
}  // namespace troupe::policy

int main() { std::cout << troupe::policy::Draw(troupe::policy::Simulate()); }
