#include "runtime/actors/pool_tally.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace troupe {
namespace {

constexpr Nanos kNanosPerMicro = 1000;

// The upper end of a step.
Nanos EndOf(size_t step) {
  size_t octave = step / 4;
  return ((4 + static_cast<Nanos>(step % 4) + 1) << octave) * kNanosPerMicro / 4;
}

}  // namespace

// Step 4n + k holds the waits from 2^n * (1 + k/4) microseconds on; below one microsecond, step 0.
size_t PoolTally::StepOf(Nanos wait) {
  auto quarters = static_cast<uint64_t>(std::max<Nanos>(wait, 0) / (kNanosPerMicro / 4));
  if (quarters < 4) return 0;
  auto octave = static_cast<size_t>(std::bit_width(quarters)) - 3;
  size_t step = octave * 4 + ((quarters >> octave) & 3);
  return std::min(step, kWaitSteps - 1);
}

PoolTally::Totals PoolTally::Read(Nanos now) const {
  Totals totals;
  totals.arrived = arrived_.load(std::memory_order_relaxed);
  totals.shed = shed_.load(std::memory_order_relaxed);
  totals.ended = ended_.load(std::memory_order_relaxed);
  totals.service_time = static_cast<Nanos>(service_time_.load(std::memory_order_relaxed));
  totals.occupied = OccupiedUntil(now);
  for (size_t i = 0; i < kWaitSteps; ++i) {
    totals.waits[i] = waits_[i].load(std::memory_order_relaxed);
  }
  return totals;
}

PoolTally::Totals& PoolTally::Totals::operator+=(const Totals& other) {
  arrived += other.arrived;
  shed += other.shed;
  ended += other.ended;
  service_time += other.service_time;
  occupied += other.occupied;
  for (size_t i = 0; i < kWaitSteps; ++i) waits[i] += other.waits[i];
  return *this;
}

PoolTally::Totals PoolTally::Totals::operator-(const Totals& earlier) const {
  Totals difference = *this;
  difference.arrived -= earlier.arrived;
  difference.shed -= earlier.shed;
  difference.ended -= earlier.ended;
  difference.service_time -= earlier.service_time;
  difference.occupied -= earlier.occupied;
  for (size_t i = 0; i < kWaitSteps; ++i) difference.waits[i] -= earlier.waits[i];
  return difference;
}

Nanos PoolTally::Totals::WaitQuantile(double share) const {
  uint64_t all = std::accumulate(waits.begin(), waits.end(), uint64_t{0});
  if (all == 0) return 0;
  auto wanted = static_cast<uint64_t>(std::ceil(share * static_cast<double>(all)));
  uint64_t seen = 0;
  for (size_t i = 0; i < kWaitSteps; ++i) {
    seen += waits[i];
    if (seen >= wanted) return i == 0 ? 0 : EndOf(i);
  }
  return EndOf(kWaitSteps - 1);
}

}  // namespace troupe
