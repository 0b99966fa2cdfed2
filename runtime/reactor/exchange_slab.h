// Where a reactor's exchanges live, and where their outcomes are counted. Memory is reused last-in
// first-out; beyond a reserve it is given back, but never while somebody holds a handle. The
// reactor's thread only.
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

  // in_flight is the number of exchanges in the list of the undecided, not a difference of
  // counters: that the record balances is a check.
  telemetry::LedgerRecord record() const;
  // Whether anything was counted since the last call.
  bool TakeChanged() { return std::exchange(changed_, false); }
  // Accepted and not decided, in no order.
  const std::vector<Exchange*>& undecided() const { return undecided_; }
  // All that are not free, in no order: also those that are decided but held by a worker or not yet
  // sent.
  const std::vector<Exchange*>& all_live() const { return live_; }
  size_t live() const { return live_.size(); }

 private:
  using Place = uint32_t Exchange::*;
  template <Place kPlace>
  static void List(std::vector<Exchange*>& list, Exchange& exchange);
  template <Place kPlace>
  static void Unlist(std::vector<Exchange*>& list, Exchange& exchange);

  Reactor& home_;
  std::vector<std::unique_ptr<Exchange>> free_;
  std::vector<Exchange*> live_;  // each knows its place in both lists
  std::vector<Exchange*> undecided_;
  telemetry::LedgerRecord record_;
  bool changed_ = false;
  uint64_t next_id_ = 0;
};

}  // namespace troupe
