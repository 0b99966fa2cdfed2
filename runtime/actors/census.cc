#include "runtime/actors/census.h"

#include <algorithm>

#include "runtime/actors/connection.h"
#include "troupe/admin/v1/connections.pb.h"

namespace troupe {

using Phase = admin::v1::Connection::Phase;

Census::Census(const std::vector<Front*>& fronts) {
  static_assert(kPhases == admin::v1::Connection::Phase_ARRAYSIZE);
  for (Front* front : fronts) parts_.emplace_back(*front);
}

uint64_t Census::Begin() {
  const uint64_t count = begun_.fetch_add(1, std::memory_order_relaxed) + 1;
  for (Part& part : parts_) {
    part.front.reactor().Post([&part, count] { part.Walk(count); });
  }
  return count;
}

void Census::Part::Walk(uint64_t count) {
  std::array<int64_t, kPhases> found{};
  front.ForEachConnection([&](Connection& each) { ++found[each.phase()]; });
  for (size_t i = 0; i < kPhases; ++i) phases[i].store(found[i], std::memory_order_relaxed);
  // Two that ask at the same time may be served in any order.
  if (count > counted.load(std::memory_order_relaxed)) {
    counted.store(count, std::memory_order_release);
  }
}

bool Census::IsDone(uint64_t count) const {
  return std::all_of(parts_.begin(), parts_.end(), [count](const Part& part) {
    return part.counted.load(std::memory_order_acquire) >= count;
  });
}

std::vector<Census::Count> Census::Read() const {
  std::vector<Count> counts;
  for (size_t i = 1; i < kPhases; ++i) {
    Count& count = counts.emplace_back();
    count.phase = admin::v1::Connection::Phase_Name(static_cast<Phase>(i));
    for (const Part& part : parts_) {
      count.connections += part.phases[i].load(std::memory_order_relaxed);
    }
  }
  return counts;
}

}  // namespace troupe
