// Where a reactor's exchanges live, and where their outcomes are counted. Memory is reused last-in
// first-out and returned only when the reactor ends, so a pointer to an exchange never dangles
// while a handle is out. The reactor's thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/reactor/exchange.h"
#include "runtime/telemetry/ledger.h"

namespace troupe {

class ExchangeSlab {
 public:
  explicit ExchangeSlab(Reactor& home) : home_(home) {}
  ~ExchangeSlab();

  // A blank exchange; not counted until it is accepted.
  Exchange& New();
  // Its first byte has been read: counts it.
  void Accept(Exchange& exchange);
  // The first decision counts, later ones are ignored. An exchange that was not accepted is not
  // counted.
  void Decide(Exchange& exchange, telemetry::Outcome outcome);
  // Back to the slab. Precondition: decided or never accepted, nobody holds a handle, no connection
  // lists it.
  void Free(Exchange& exchange);

  // in_flight is the number of exchanges that exist undecided.
  telemetry::LedgerRecord record() const;
  // The same number, found by looking at each of them: a test's check of the count.
  size_t CountUndecided() const;
  // Whether anything was counted since the last call.
  bool TakeChanged() { return std::exchange(changed_, false); }
  size_t live() const { return live_.size(); }
  const std::vector<Exchange*>& all_live() const { return live_; }

 private:
  Reactor& home_;
  std::vector<std::unique_ptr<Exchange>> all_;
  std::vector<Exchange*> free_;
  std::vector<Exchange*> live_;  // each knows its place
  uint64_t undecided_ = 0;
  telemetry::LedgerRecord record_;
  bool changed_ = false;
  uint64_t next_id_ = 0;
};

}  // namespace troupe
