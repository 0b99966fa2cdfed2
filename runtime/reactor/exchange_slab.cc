#include "runtime/reactor/exchange_slab.h"

#include <cassert>

#include "runtime/reactor/reactor.h"

namespace troupe {
namespace {

// Enough for what a busy reactor has at hand in one turn. Not more: what is kept lies scattered
// over the allocator's pages and keeps them from being given back.
constexpr size_t kReserveMax = 256;

}  // namespace

ExchangeSlab::~ExchangeSlab() {
  for (Exchange* exchange : live_) {
    // A worker that hangs still holds it, and may write to it: left behind with its thread.
    if (!exchange->out) delete exchange;
  }
}

template <ExchangeSlab::Place kPlace>
void ExchangeSlab::List(std::vector<Exchange*>& list, Exchange& exchange) {
  exchange.*kPlace = static_cast<uint32_t>(list.size());
  list.push_back(&exchange);
}

// The last one takes its place.
template <ExchangeSlab::Place kPlace>
void ExchangeSlab::Unlist(std::vector<Exchange*>& list, Exchange& exchange) {
  Exchange* last = list.back();
  list[exchange.*kPlace] = last;
  last->*kPlace = exchange.*kPlace;
  list.pop_back();
}

Exchange& ExchangeSlab::New() {
  std::unique_ptr<Exchange> exchange;
  if (free_.empty()) {
    exchange = std::make_unique<Exchange>(home_);
  } else {
    exchange = std::move(free_.back());
    free_.pop_back();
  }
  List<&Exchange::live_place_>(live_, *exchange);
  return *exchange.release();
}

void ExchangeSlab::Accept(Exchange& exchange) {
  if (exchange.accepted) return;
  exchange.accepted = true;
  exchange.accepted_at = home_.now();
  // Unique in the process: the reactor's number in the upper bits.
  exchange.data.id = static_cast<uint64_t>(home_.index() + 1) << 48 | ++next_id_;
  ++record_.accepted;
  List<&Exchange::undecided_place_>(undecided_, exchange);
  changed_ = true;
}

void ExchangeSlab::Decide(Exchange& exchange, telemetry::Outcome outcome) {
  if (exchange.decided) return;
  exchange.decided = true;
  exchange.outcome = outcome;
  if (exchange.route_in_flight != nullptr) {
    std::exchange(exchange.route_in_flight, nullptr)->fetch_sub(1, std::memory_order_relaxed);
  }
  if (!exchange.accepted) return;
  record_.Count(outcome);
  Unlist<&Exchange::undecided_place_>(undecided_, exchange);
  changed_ = true;
}

void ExchangeSlab::Free(Exchange& exchange) {
  assert(!exchange.out && (exchange.decided || !exchange.accepted));
  if (exchange.accepted && !exchange.decided) {  // a defect, which the ledger then shows
    Unlist<&Exchange::undecided_place_>(undecided_, exchange);
  }
  Unlist<&Exchange::live_place_>(live_, exchange);
  std::unique_ptr<Exchange> unused(&exchange);
  if (free_.size() >= kReserveMax) return;
  unused->Recycle();
  free_.push_back(std::move(unused));
}

telemetry::LedgerRecord ExchangeSlab::record() const {
  telemetry::LedgerRecord record = record_;
  record.in_flight = undecided_.size();
  return record;
}

}  // namespace troupe
