// What a pool, or a shard of one, counts for its supervisor. Written by one thread at a time (the
// shard's, or under the pool's lock), without atomic read-modify-writes; read by any.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "runtime/policy/nanos.h"

namespace troupe {

// What a worker has ended since it last said so.
struct WorkTally {
  uint32_t count = 0;      // begun and ended
  uint32_t dropped = 0;    // not begun, for nobody waited any more
  uint32_t timed_out = 0;  // of those begun, those whose deadline had passed
  Nanos service_time = 0;  // from begin to end, together
  Nanos time_in_pool = 0;  // from admission to end, together

  bool any() const { return count + dropped > 0; }
};

class PoolTally {
 public:
  // Waits in the queue are kept by powers of two of microseconds, four steps each: within a fifth.
  static constexpr size_t kWaitSteps = 96;

  struct Totals {
    uint64_t arrived = 0;
    uint64_t shed = 0;
    uint64_t ended = 0;
    Nanos service_time = 0;
    Nanos occupied = 0;  // time of all slots together in which they had a request
    std::array<uint64_t, kWaitSteps> waits{};

    Totals& operator+=(const Totals& other);
    Totals operator-(const Totals& earlier) const;
    // The wait that `share` of the requests did not exceed; 0 when none waited.
    Nanos WaitQuantile(double share) const;
  };

  void Arrived() { Add(arrived_, 1); }
  void Shed() { Add(shed_, 1); }
  void Waited(Nanos wait) { Add(waits_[StepOf(wait)], 1); }
  void Ended(const WorkTally& work) {
    Add(ended_, work.count);
    Add(service_time_, static_cast<uint64_t>(work.service_time));
  }
  // So many slots are taken from now on.
  void Occupied(uint32_t slots, Nanos now) {
    occupied_.store(OccupiedUntil(now), std::memory_order_relaxed);
    occupied_at_.store(now, std::memory_order_relaxed);
    slots_.store(slots, std::memory_order_relaxed);
  }
  Totals Read(Nanos now) const;

 private:
  static size_t StepOf(Nanos wait);
  static void Add(std::atomic<uint64_t>& counter, uint64_t by) {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  Nanos OccupiedUntil(Nanos now) const {
    Nanos since = std::max<Nanos>(now - occupied_at_.load(std::memory_order_relaxed), 0);
    return occupied_.load(std::memory_order_relaxed) +
           since * slots_.load(std::memory_order_relaxed);
  }

  std::atomic<uint64_t> arrived_{0};
  std::atomic<uint64_t> shed_{0};
  std::atomic<uint64_t> ended_{0};
  std::atomic<uint64_t> service_time_{0};
  std::atomic<Nanos> occupied_{0};
  std::atomic<Nanos> occupied_at_{0};
  std::atomic<uint32_t> slots_{0};
  std::array<std::atomic<uint64_t>, kWaitSteps> waits_{};
};

}  // namespace troupe
