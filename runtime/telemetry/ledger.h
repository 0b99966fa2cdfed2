// The ledger: what became of every accepted request. Each reactor counts in a LedgerRecord of its
// own and publishes it once a turn; any thread may read a snapshot that is consistent per reactor.
//
// In flight is counted by the exchanges that exist, never by subtraction, so Balanced() is a check
// and not a definition.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/telemetry/outcome.h"

namespace troupe::telemetry {

struct LedgerRecord {
  uint64_t accepted = 0;
  std::array<uint64_t, kOutcomeCount> outcomes{};
  uint64_t in_flight = 0;

  void Count(Outcome outcome) { ++outcomes[static_cast<size_t>(outcome)]; }
  uint64_t Of(Outcome outcome) const { return outcomes[static_cast<size_t>(outcome)]; }
  LedgerRecord& operator+=(const LedgerRecord& other);
  friend bool operator==(const LedgerRecord&, const LedgerRecord&) = default;
};

// accepted = sum of outcomes + in flight.
bool Balanced(const LedgerRecord& record);

// One reactor's record under a seqlock: publishing never waits, reading retries while a publication
// is under way. On a cache line of its own, for its reactor writes it every turn.
class alignas(64) LedgerCell {
 public:
  // By one thread, the reactor's.
  void Publish(const LedgerRecord& record);
  // By any thread: the record published last, never a mixture of two.
  LedgerRecord Read() const;

 private:
  static constexpr size_t kWords = kOutcomeCount + 2;

  std::atomic<uint64_t> sequence_{0};  // odd while a publication is under way
  std::array<std::atomic<uint64_t>, kWords> words_{};
};

// The cells of all reactors. Outlives the reactors that write to it.
class Ledger {
 public:
  explicit Ledger(size_t reactors) : cells_(reactors) {}

  LedgerCell& cell(size_t reactor) { return cells_[reactor]; }
  // The sum over all reactors. An exchange is counted on one reactor only, so the sum balances when
  // the records do.
  LedgerRecord Snapshot() const;

 private:
  std::vector<LedgerCell> cells_;
};

}  // namespace troupe::telemetry
