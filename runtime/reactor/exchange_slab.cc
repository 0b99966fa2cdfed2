#include "runtime/reactor/exchange_slab.h"

#include <algorithm>
#include <cassert>

#include "runtime/reactor/reactor.h"

namespace troupe {

ExchangeSlab::~ExchangeSlab() {
  for (std::unique_ptr<Exchange>& exchange : all_) {
    // A worker that hangs still holds it, and may write to it: left behind with its thread.
    if (exchange->out) exchange.release();
  }
}

Exchange& ExchangeSlab::New() {
  if (free_.empty()) {
    all_.push_back(std::make_unique<Exchange>(home_));
    free_.push_back(all_.back().get());
  }
  Exchange& exchange = *free_.back();
  free_.pop_back();
  exchange.live_index_ = static_cast<uint32_t>(live_.size());
  live_.push_back(&exchange);
  return exchange;
}

void ExchangeSlab::Accept(Exchange& exchange) {
  if (exchange.accepted) return;
  exchange.accepted = true;
  exchange.accepted_at = home_.now();
  // Unique in the process: the reactor's number in the upper bits.
  exchange.data.id = static_cast<uint64_t>(home_.index() + 1) << 48 | ++next_id_;
  ++record_.accepted;
  ++undecided_;
  changed_ = true;
}

void ExchangeSlab::Decide(Exchange& exchange, telemetry::Outcome outcome) {
  if (exchange.decided) return;
  exchange.decided = true;
  exchange.outcome = outcome;
  if (!exchange.accepted) return;
  record_.Count(outcome);
  --undecided_;
  changed_ = true;
}

void ExchangeSlab::Free(Exchange& exchange) {
  assert(!exchange.out && (exchange.decided || !exchange.accepted));
  Exchange* last = live_.back();
  live_[exchange.live_index_] = last;
  last->live_index_ = exchange.live_index_;
  live_.pop_back();
  exchange.Recycle();
  free_.push_back(&exchange);
}

telemetry::LedgerRecord ExchangeSlab::record() const {
  telemetry::LedgerRecord record = record_;
  record.in_flight = undecided_;
  return record;
}

size_t ExchangeSlab::CountUndecided() const {
  return static_cast<size_t>(std::count_if(
      live_.begin(), live_.end(),
      [](const Exchange* exchange) { return exchange->accepted && !exchange->decided; }));
}

}  // namespace troupe
