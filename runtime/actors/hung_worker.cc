#include "runtime/actors/hung_worker.h"

#include "runtime/reactor/reactor.h"

namespace troupe {
namespace {

void AnswerOn(Reactor& reactor, const HungWorker& hung) {
  std::vector<Exchange*> begun;
  for (Exchange* exchange : reactor.exchanges().all_live()) {
    if (!exchange->out || exchange->worker_id.load(std::memory_order_relaxed) != hung.worker) {
      continue;
    }
    if (exchange->data.id == hung.request) {
      hung.pool.crashes().AddRequest(hung.record, *exchange);
      if (hung.left_behind) hung.pool.quarantine().OnKill(*exchange);
    }
    if (exchange->owner != nullptr) begun.push_back(exchange);
  }
  if (!hung.left_behind) return;
  for (Exchange* exchange : begun) {
    exchange->owner->OnGivenUp(*exchange, telemetry::Cause::kHandlerHung);
  }
}

}  // namespace

void AnswerForHung(const HungWorker& hung) {
  for (Reactor* reactor : hung.reactors) {
    reactor->Post([reactor, hung] { AnswerOn(*reactor, hung); });
  }
}

}  // namespace troupe
