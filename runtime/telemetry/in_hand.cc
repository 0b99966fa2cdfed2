#include "runtime/telemetry/in_hand.h"

#include <array>

namespace troupe::telemetry {
namespace {

// Without a lock, for a signal handler could not take it.
constinit std::array<std::atomic<const InHand*>, InHand::kListedMax> listed{};

}  // namespace

InHand::InHand(const std::string& pool, uint64_t worker, int64_t started)
    : pool_(pool), worker_(worker), started_(started) {
  for (auto& place : listed) {
    const InHand* nobody = nullptr;
    if (place.compare_exchange_strong(nobody, this)) return;
  }
}

InHand::~InHand() {
  for (auto& place : listed) {
    const InHand* me = this;
    if (place.compare_exchange_strong(me, nullptr)) return;
  }
}

const InHand* InHand::At(size_t index) { return listed[index].load(std::memory_order_acquire); }

}  // namespace troupe::telemetry
