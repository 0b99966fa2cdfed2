// Stands where a connection stands: gives exchanges out and writes down how each came home.
#pragma once

#include <string>
#include <vector>

#include "runtime/actors/lean_actor.h"
#include "runtime/reactor/reactor.h"

namespace troupe {

// How one exchange came home.
struct Returned {
  uint64_t id = 0;
  bool dropped = false;  // its handle was let go of; else a worker sent it
  bool begun = false;
  bool answered = false;
  telemetry::Cause failure = telemetry::Cause::kNone;
  std::string failure_text;
  int status = 0;
  std::string body;
};

class FakeConnection final : public LeanActor, private ExchangeOwner {
 public:
  FakeConnection(caf::actor_config& config, Reactor& reactor)
      : LeanActor(config, reactor), reactor_(reactor) {}

  Exchange& NewExchange(uint32_t handler = 0) {
    Exchange& exchange = reactor_.exchanges().New();
    reactor_.exchanges().Accept(exchange);
    exchange.owner = this;
    exchange.connection = this;
    exchange.handler = handler;
    return exchange;
  }
  ExchangeHandle GiveOut(uint32_t handler = 0) {
    Exchange& exchange = NewExchange(handler);
    exchange.out = true;
    return ExchangeHandle(&exchange);
  }
  // Takes one that is home, e.g. because it was not admitted.
  void Forget(Exchange& exchange) {
    reactor_.exchanges().Decide(exchange, telemetry::Outcome::kShed);
    reactor_.exchanges().Free(exchange);
  }
  // What a connection does that is lost: the exchange comes home by itself.
  void Abandon(Exchange& exchange) {
    reactor_.exchanges().Decide(exchange, telemetry::Outcome::kClientGone);
    exchange.owner = nullptr;
    exchange.connection = nullptr;
  }
  void End() {
    Turn([this] { Quit(); });
  }
  std::vector<std::string> bodies() const {
    std::vector<std::string> bodies;
    for (const Returned& each : returned) bodies.push_back(each.body);
    return bodies;
  }

  std::vector<Returned> returned;
  std::vector<telemetry::Cause> given_up;
  int messages = 0;  // that brought them

 private:
  void OnMessage(Message& message) override {
    ++messages;
    ExchangeList& done = static_cast<Done&>(message).exchanges;
    while (!done.empty()) Take(*done.Pop().release(), /*dropped=*/false);
  }
  void OnDropped(Exchange& exchange) override { Take(exchange, /*dropped=*/true); }
  void OnGivenUp(Exchange& exchange, telemetry::Cause cause) override {
    given_up.push_back(cause);
    Abandon(exchange);
  }
  void Take(Exchange& exchange, bool dropped) {
    exchange.out = false;
    const Response& response = exchange.context.response;
    returned.push_back({exchange.data.id, dropped, exchange.begun, exchange.answered,
                        exchange.failure, exchange.failure_text, response.status(),
                        response.body()});
    if (exchange.owner != nullptr) {
      reactor_.exchanges().Decide(exchange, telemetry::Outcome::kAnswered);
    }
    reactor_.exchanges().Free(exchange);
  }

  Reactor& reactor_;
};

}  // namespace troupe
