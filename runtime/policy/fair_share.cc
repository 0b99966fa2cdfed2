#include "runtime/policy/fair_share.h"

#include <algorithm>

namespace troupe::policy {

uint64_t FairShare::Tag(uint64_t client) {
  uint64_t& next = NextTag(client);
  const uint64_t tag = std::max(next, virtual_time_);
  next = tag + 1;
  return tag;
}

void FairShare::OnTaken(uint64_t tag) { virtual_time_ = std::max(virtual_time_, tag); }

void FairShare::OnDropped(uint64_t client) {
  uint64_t& next = NextTag(client);
  if (next > virtual_time_) --next;
}

uint64_t& FairShare::NextTag(uint64_t client) {
  // The finaliser of MurmurHash3: every bit of client and seed moves every bit of the slot.
  uint64_t mixed = client ^ seed_;
  mixed = (mixed ^ mixed >> 33) * 0xff51afd7ed558ccd;
  mixed = (mixed ^ mixed >> 33) * 0xc4ceb9fe1a85ec53;
  mixed ^= mixed >> 33;
  return next_tags_[mixed % next_tags_.size()];
}

}  // namespace troupe::policy
