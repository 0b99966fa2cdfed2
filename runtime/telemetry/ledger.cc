#include "runtime/telemetry/ledger.h"

#include <numeric>
#include <thread>

namespace troupe::telemetry {

LedgerRecord& LedgerRecord::operator+=(const LedgerRecord& other) {
  accepted += other.accepted;
  for (size_t i = 0; i < kOutcomeCount; ++i) outcomes[i] += other.outcomes[i];
  in_flight += other.in_flight;
  return *this;
}

bool Balanced(const LedgerRecord& record) {
  return record.accepted ==
         std::accumulate(record.outcomes.begin(), record.outcomes.end(), record.in_flight);
}

// The words carry the ordering, not fences, which ThreadSanitizer does not model: a reader that
// sees a word of a publication (acquire of its release) also sees the odd sequence number stored
// before it, so its second look at the sequence number differs from the first. On x86 all of these
// are plain moves.
void LedgerCell::Publish(const LedgerRecord& record) {
  const uint64_t sequence = sequence_.load(std::memory_order_relaxed);
  sequence_.store(sequence + 1, std::memory_order_relaxed);
  words_[0].store(record.accepted, std::memory_order_release);
  words_[1].store(record.in_flight, std::memory_order_release);
  for (size_t i = 0; i < kOutcomeCount; ++i) {
    words_[i + 2].store(record.outcomes[i], std::memory_order_release);
  }
  sequence_.store(sequence + 2, std::memory_order_release);
}

LedgerRecord LedgerCell::Read() const {
  for (;; std::this_thread::yield()) {
    const uint64_t before = sequence_.load(std::memory_order_acquire);
    LedgerRecord record;
    record.accepted = words_[0].load(std::memory_order_acquire);
    record.in_flight = words_[1].load(std::memory_order_acquire);
    for (size_t i = 0; i < kOutcomeCount; ++i) {
      record.outcomes[i] = words_[i + 2].load(std::memory_order_acquire);
    }
    const uint64_t after = sequence_.load(std::memory_order_relaxed);
    if (before == after && before % 2 == 0) return record;
  }
}

LedgerRecord Ledger::Snapshot() const {
  LedgerRecord sum;
  for (const LedgerCell& cell : cells_) sum += cell.Read();
  return sum;
}

}  // namespace troupe::telemetry
