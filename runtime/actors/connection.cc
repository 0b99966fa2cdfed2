#include "runtime/actors/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace troupe {

using telemetry::Cause;
using telemetry::Outcome;

Connection::Connection(caf::actor_config& config, Front& front, const ListenerPolicy& policy,
                       int fd, std::optional<http::IpAddress> peer)
    : LeanActor(config, front.reactor()),
      front_(front),
      policy_(policy),
      fd_(fd),
      reactor_(front.reactor()),
      output_(front.reactor().buffers()),
      peer_(peer),
      id_(front.NextConnectionId()),
      opened_at_(front.reactor().now()) {}

Connection::~Connection() = default;

void Connection::Open() {
  Turn([this] {
    front_.Add(*this);
    idle_since_ = reactor_.now();
    input_ = policy_.proxy_header ? Input::kProxyHeader : Input::kHead;
    interest_ = EPOLLIN;
    watch_ = reactor_.Watch(fd_, interest_, *this);
    if (watch_ == 0) {
      Quit();
      return;
    }
    UpdateTimer();
  });
}

void Connection::OnMessage(Message& message) {
  if (message.kind() != Message::Kind::kDone) return;
  ExchangeList& done = static_cast<Done&>(message).exchanges;
  while (!done.empty()) OnDone(*done.Pop().release());
  reactor_.FlushSoon(*this);
}

void Connection::OnEvents(uint32_t events) {
  Turn([this, events] {
    // An error is a reset. A hang-up alone means that both sides have ended: ours by lingering, or
    // the client of a Unix socket is gone altogether. Either way epoll would report it for ever.
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
      Abort(Cause::kClientReset);
      return;
    }
    if ((events & EPOLLOUT) != 0) {
      blocked_ = false;
      reactor_.FlushSoon(*this);
    }
    if ((events & EPOLLIN) == 0) return;
    if (linger_until_ != kNever) {
      Discard();
    } else if ((interest_ & EPOLLIN) != 0) {
      ReadInput();
    }
  });
}

void Connection::OnDrainPhase() {
  Turn([this] {
    if (front_.drain_phase() == Front::DrainPhase::kFinishing && idle() &&
        linger_until_ == kNever) {
      FinishOrLinger();
    }
  });
}

void Connection::AnswerAllAndClose(Cause cause) {
  Turn([this, cause] {
    for (Exchange* exchange = to_write_; exchange != nullptr; exchange = exchange->fifo_next) {
      if (exchange->ready || !exchange->parsed) continue;
      exchange->route->pool->HandleOn(reactor_.index()).Withdraw(*exchange, /*tell_worker=*/true);
      AnswerSelf(*exchange, cause);
    }
    if (Exchange* exchange = reading_; exchange != nullptr) {
      EndInput(*exchange);
      if (!exchange->ready) AnswerSelf(*exchange, cause);
    }
    StopReading();
    if (last_ != nullptr) last_->close_after = true;
    reactor_.FlushSoon(*this);
  });
}

void Connection::Kill() {
  Turn([this] { Abort(Cause::kDrainTimeout); });
}

void Connection::OnDropped(Exchange& exchange) {
  Turn([this, &exchange] {
    exchange.out = false;
    if (!exchange.ready) {
      Cause cause = exchange.failure;
      if (cause == Cause::kNone)
        cause = exchange.begun ? Cause::kHandlerDropped : TryAgain(exchange);
      if (cause == Cause::kNone) {
        UpdateTimer();
        return;
      }
      AnswerSelf(exchange, cause);
    }
    reactor_.FlushSoon(*this);
  });
}

// Its worker died before it began: another one may have it, once.
Cause Connection::TryAgain(Exchange& exchange) {
  if (exchange.readmitted || exchange.cancelled.load(std::memory_order_relaxed)) {
    return Cause::kNotBegun;
  }
  exchange.readmitted = true;
  return exchange.route->pool->HandleOn(reactor_.index()).Readmit(exchange);
}

void Connection::OnGivenUp(Exchange& exchange, Cause cause) {
  Turn([this, &exchange, cause] {
    if (!exchange.ready) AnswerSelf(exchange, cause);
    reactor_.FlushSoon(*this);
  });
}

// --- time
// -----------------------------------------------------------------------------------------

// Every timeout of a connection is one deadline of one timer. It is left armed when the deadline
// moves into the future, which it does with each request, and looks again when it fires.
void Connection::UpdateTimer() {
  Nanos deadline = NextDeadline();
  if (deadline == kNever || (armed() && due() <= deadline)) return;
  reactor_.timers().Arm(*this, deadline);
}

Nanos Connection::NextDeadline() {
  const ConnectionTimeouts& timeouts = front_.snapshot().timeouts;
  if (linger_until_ != kNever) return linger_until_;
  Nanos deadline = kNever;
  if (!output_.empty()) deadline = last_progress_ + timeouts.write_stall;
  for (const Exchange* exchange = to_write_; exchange != nullptr; exchange = exchange->fifo_next) {
    if (exchange->ready) continue;
    deadline = std::min(deadline, exchange->deadline);
    if (exchange->queued) deadline = std::min(deadline, exchange->queue_deadline);
  }
  switch (input_) {
    case Input::kProxyHeader:
      return std::min(deadline, idle_since_ + timeouts.proxy_header);
    case Input::kHead:
      if (HeadIsAwaited()) return std::min(deadline, read_started_ + timeouts.head);
      return idle() ? idle_since_ + timeouts.keep_alive : deadline;
    case Input::kLengthBody:
    case Input::kChunkedBody:
      return BodyIsAwaited() ? std::min(deadline, BodyDeadline()) : deadline;
    case Input::kNothing:
      return deadline;
  }
  return deadline;
}

// The client has to go on, and nothing on this side keeps it from doing so.
bool Connection::HeadIsAwaited() const {
  return input_ == Input::kHead && reading_ != nullptr && CanTakeMore();
}

bool Connection::BodyIsAwaited() const {
  bool body = input_ == Input::kLengthBody || input_ == Input::kChunkedBody;
  return body && CanTakeMore() && !reading_->continue_due;
}

// When the body must have gone on: by its next byte, and by enough bytes in all.
Nanos Connection::BodyDeadline() const {
  const ConnectionTimeouts& timeouts = front_.snapshot().timeouts;
  Nanos deadline = last_received_ + timeouts.body_idle;
  if (timeouts.body_rate_bytes_min > 0) {
    Nanos rate = timeouts.body_rate_bytes_min;
    auto received = static_cast<Nanos>(body_received_);
    Nanos earned = received / rate * kNanosPerSecond + received % rate * kNanosPerSecond / rate;
    deadline = std::min(deadline, read_started_ + timeouts.body_rate_grace + earned);
  }
  return deadline;
}

void Connection::OnTimer() {
  Turn([this] {
    Nanos now = reactor_.now();
    if (NextDeadline() <= now) OnDeadline(now);
    if (!quitting()) UpdateTimer();
  });
}

void Connection::OnDeadline(Nanos now) {
  const ConnectionTimeouts& timeouts = front_.snapshot().timeouts;
  if (linger_until_ <= now) {
    Quit();
    return;
  }
  if (!output_.empty() && last_progress_ + timeouts.write_stall <= now) {
    Abort(Cause::kWriteStall);
    return;
  }
  ExpireExchanges(now);
  if (BodyIsAwaited() && BodyDeadline() <= now) {
    Refuse(http::Refusal::kBodyTimeout);
  } else if (HeadIsAwaited() && read_started_ + timeouts.head <= now) {
    Refuse(http::Refusal::kHeadTimeout);
  } else if (input_ == Input::kProxyHeader && idle_since_ + timeouts.proxy_header <= now) {
    Quit();
  } else if (input_ == Input::kHead && idle() && idle_since_ + timeouts.keep_alive <= now) {
    FinishOrLinger();
  }
  reactor_.FlushSoon(*this);
}

void Connection::ExpireExchanges(Nanos now) {
  for (Exchange* exchange = to_write_; exchange != nullptr; exchange = exchange->fifo_next) {
    if (exchange->ready || !exchange->parsed) continue;
    PoolHandle& pool = exchange->route->pool->HandleOn(reactor_.index());
    if (exchange->deadline <= now) {
      // Answered here and now; the worker is told, and what it still answers is dropped.
      pool.Withdraw(*exchange, /*tell_worker=*/true);
      AnswerSelf(*exchange, Cause::kRequestTimeout);
    } else if (exchange->queued && exchange->queue_deadline <= now) {
      exchange->queued = false;
      if (pool.Withdraw(*exchange, /*tell_worker=*/false))
        AnswerSelf(*exchange, Cause::kQueueTimeout);
    }
  }
}

// --- the end
// ----------------------------------------------------------------------------------------

// Nothing more is sent. Bytes that the client has sent and nobody reads would make the kernel
// answer with a reset, which may destroy the last answer on its way (RFC 9112 section 9.6): then
// its end is waited for, for a while.
void Connection::FinishOrLinger() {
  // Sends what the kernel holds back of the last answer. A close alone would drop that if the
  // client had just sent something.
  shutdown(fd_, SHUT_WR);
  Nanos linger = front_.snapshot().timeouts.linger;
  bool unread = refused_ || !unparsed().empty();
  if (!unread || peer_finished_ || linger == 0) {
    Quit();
    return;
  }
  StopReading();
  buffer_.Reset();
  parsed_ = 0;
  linger_until_ = reactor_.now() + linger;
  UpdateInterest();
  UpdateTimer();
}

void Connection::Discard() {
  char scratch[16384];
  // A few at a time: a client that sends without end must not keep the loop.
  for (int i = 0; i < 4; ++i) {
    ssize_t result = recv(fd_, scratch, sizeof(scratch), 0);
    if (result > 0) continue;
    if (result == 0 || (errno != EAGAIN && errno != EINTR)) Quit();
    return;
  }
}

// The connection is lost, or given up. What nobody waits for any more is cancelled, as the route
// says.
void Connection::Abort(Cause cause) {
  const telemetry::CauseInfo& info = telemetry::InfoOf(cause);
  auto give_up = [&](Exchange& exchange) {
    exchange.cause = exchange.decided ? exchange.cause : cause;
    reactor_.exchanges().Decide(exchange, info.outcome);
    // Nothing has been begun of what still waits in the queue: it need not be.
    if (exchange.out && exchange.queued) {
      exchange.route->pool->HandleOn(reactor_.index()).Withdraw(exchange, /*tell_worker=*/false);
    }
    bool safe = http::IsSafe(exchange.data.head.method);
    if (exchange.out && exchange.route != nullptr &&
        (info.outcome == Outcome::kCancelled || exchange.route->cancel == CancelPolicy::kAlways ||
         (exchange.route->cancel == CancelPolicy::kSafeMethods && safe))) {
      exchange.route->pool->HandleOn(reactor_.index()).Withdraw(exchange, /*tell_worker=*/true);
    }
    Detach(exchange, reactor_.now());
  };
  Exchange* next = std::exchange(first_, nullptr);
  bool reading_listed = false;
  while (next != nullptr) {
    Exchange& exchange = *next;
    next = exchange.fifo_next;
    reading_listed = reading_listed || &exchange == reading_;
    give_up(exchange);
  }
  if (reading_ != nullptr && !reading_listed) give_up(*reading_);
  last_ = to_write_ = reading_ = nullptr;
  Quit();
}

// Takes an exchange off the connection: freed, or left to come home by itself.
void Connection::Detach(Exchange& exchange, Nanos ended) {
  if (exchange.accepted) {
    front_.Log(exchange);
    front_.Count(exchange, ended);
    front_.OfferSlow(exchange, ended);
  }
  exchange.owner = nullptr;
  exchange.connection = nullptr;
  exchange.fifo_next = nullptr;
  if (!exchange.out) reactor_.exchanges().Free(exchange);
}

void Connection::OnExit() {
  if (first_ != nullptr || reading_ != nullptr) Abort(Cause::kClientReset);
  Disarm();
  reactor_.CancelFlush(*this);
  reactor_.Forget(watch_);
  close(fd_);
  buffer_.Reset();
  output_.Clear();  // here: the last reference may be let go on another thread
  front_.Remove(*this);
}

void Connection::UpdateInterest() {
  uint32_t wanted = 0;
  if (linger_until_ != kNever || (!peer_finished_ && CanTakeMore())) wanted |= EPOLLIN;
  if (blocked_) wanted |= EPOLLOUT;
  if (wanted == interest_) return;
  // Time during which this side did not read is not held against the client.
  if ((wanted & ~interest_ & EPOLLIN) != 0) {
    read_started_ = last_received_ = reactor_.now();
    body_received_ = 0;
  }
  interest_ = wanted;
  reactor_.Rewatch(watch_, fd_, interest_);
}

}  // namespace troupe
