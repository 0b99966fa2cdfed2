// From bytes to requests in the hands of workers.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/numbers.h"
#include "runtime/actors/connection.h"
#include "runtime/actors/own_answers.h"
#include "runtime/http/forwarded.h"
#include "runtime/http/proxy_protocol.h"
#include "runtime/http/target.h"

namespace troupe {

using telemetry::Cause;
using telemetry::Outcome;

namespace {

constexpr size_t kFirstRead = 4000;  // fits the smallest buffer
constexpr int kReadsPerEvent = 8;    // then others have their turn
constexpr size_t kBodyStep =
    64 << 10;  // memory for a body is taken as it comes, until this much has come

}  // namespace

bool Connection::CanTakeMore() const {
  const Snapshot& snapshot = front_.snapshot();
  if (input_ == Input::kNothing || output_.unsent() >= snapshot.output_buffer_bytes_max)
    return false;
  // The body of a request is read whatever stands before it.
  return input_ != Input::kHead || unanswered_ < snapshot.pipeline_max;
}

void Connection::ReadInput() {
  bool more = true;
  for (int i = 0; i < kReadsPerEvent && more && CanTakeMore() && !quitting(); ++i) {
    // The rest of a large body goes where it stays, not through the buffer.
    bool direct =
        input_ == Input::kLengthBody && unparsed().empty() && body_left_ > 0 && !reading_->ready;
    if (!(direct ? ReceiveIntoBody(&more) : ReceiveIntoBuffer(&more))) break;
    ParseInput();
  }
  if (quitting()) return;
  ReleaseInput();
  reactor_.FlushSoon(*this);  // which looks at the timer and at what is to be read next, too
}

// False when nothing was read. `more` says whether the socket may have more.
bool Connection::ReceiveIntoBuffer(bool* more) {
  if (!MakeRoom()) return false;
  size_t room = buffer_->free_size();
  ssize_t result = recv(fd_, buffer_->free_begin(), room, 0);
  OnReceived(result, room, more);
  if (result <= 0) return false;
  buffer_->filled += static_cast<uint32_t>(result);
  return true;
}

bool Connection::ReceiveIntoBody(bool* more) {
  BodyStorage& body = reading_->body;
  size_t wanted = static_cast<size_t>(body_left_);
  if (body.room() == 0) wanted = body.size() < kBodyStep ? std::min(wanted, kBodyStep) : wanted;
  size_t room = body.room() > 0 ? std::min(body.room(), wanted) : wanted;
  ssize_t result = recv(fd_, body.Grow(room), room, 0);
  OnReceived(result, room, more);
  if (result <= 0) return false;
  body.Commit(static_cast<size_t>(result));
  body_left_ -= static_cast<uint64_t>(result);
  body_received_ += static_cast<uint64_t>(result);
  return true;
}

void Connection::OnReceived(ssize_t result, size_t asked, bool* more) {
  *more = result == static_cast<ssize_t>(asked);
  read_more_ = *more;
  if (result > 0) {
    last_received_ = reactor_.now();
    received_ += static_cast<uint64_t>(result);
  } else if (result == 0) {
    OnPeerFinished();
  } else if (errno != EAGAIN && errno != EINTR) {
    Abort(Cause::kClientReset);
  }
}

// Makes sure that the buffer has room. The bytes of an unfinished head move along; exchanges keep
// the old buffer.
bool Connection::MakeRoom() {
  if (buffer_ && buffer_->free_size() > 0) return true;
  const Snapshot& snapshot = front_.snapshot();
  std::string_view rest = unparsed();
  size_t size =
      rest.empty() ? (read_more_ ? snapshot.read_buffer_bytes : kFirstRead) : rest.size() * 2;
  size = std::min<size_t>(size, snapshot.input_buffer_bytes_max);
  if (size <=
      rest.size()) {  // the parser's limits end a head before; the configuration sees to that
    Refuse(http::Refusal::kFieldsTooLarge);
    return false;
  }
  BufferRef larger = reactor_.buffers().Borrow(size);
  if (!rest.empty()) std::memcpy(larger->data(), rest.data(), rest.size());
  larger->filled = static_cast<uint32_t>(rest.size());
  buffer_ = std::move(larger);
  parsed_ = 0;
  return true;
}

// An idle connection holds no buffer.
void Connection::ReleaseInput() {
  if (!buffer_ || !unparsed().empty()) return;
  buffer_.Reset();
  parsed_ = 0;
}

void Connection::ParseInput() {
  WorkBatch batch;
  batch_ = &batch;
  bool more = true;
  while (more && !quitting()) {
    switch (input_) {
      case Input::kProxyHeader:
        more = ParseProxy();
        break;
      case Input::kHead:
        more = CanTakeMore() && ParseHead();
        break;
      case Input::kLengthBody:
        more = ParseLengthBody();
        break;
      case Input::kChunkedBody:
        more = ParseChunkedBody();
        break;
      case Input::kNothing:
        more = false;
        break;
    }
  }
  batch_ = nullptr;
  batch.Send();
}

bool Connection::PeerIsTrusted() const {
  const std::vector<http::Cidr>& trusted = front_.snapshot().trusted_proxies;
  return !peer_ || std::any_of(trusted.begin(), trusted.end(),
                               [&](const http::Cidr& cidr) { return cidr.Contains(*peer_); });
}

bool Connection::ParseProxy() {
  http::ProxyHeader header = http::ParseProxyHeader(unparsed());
  if (header.state == http::ProxyHeader::State::kNeedMore) return false;
  // There is no way to answer somebody who does not speak the protocol this listener demands.
  if (header.state == http::ProxyHeader::State::kMalformed || !PeerIsTrusted()) {
    Quit();
    return false;
  }
  if (header.source) peer_ = header.source->address;
  Consume(header.consumed);
  input_ = Input::kHead;
  return true;
}

bool Connection::ParseHead() {
  std::string_view data = unparsed();
  if (data.empty()) return false;
  if (reading_ == nullptr) {
    reading_ = &reactor_.exchanges().New();
    reading_->owner = this;
    reading_->connection = this;
    reading_->snapshot = &front_.snapshot();
    reading_->data.client = peer_;
  }
  http::HeadParser::State state =
      parser_.Parse(data, front_.snapshot().head_limits, reading_->data.head);
  if (parser_.begun() && !reading_->accepted) {
    read_started_ = reactor_.now();
    reactor_.exchanges().Accept(*reading_);
  }
  switch (state) {
    case http::HeadParser::State::kNeedMore:
      if (!reading_->accepted) {  // only empty lines so far: no request yet
        reactor_.exchanges().Free(*reading_);
        reading_ = nullptr;
        parser_.Reset();  // the next one begins with a head of its own
      }
      return false;
    case http::HeadParser::State::kRefused:
      reading_->head_buffer = buffer_;
      Refuse(parser_.refusal());
      return false;
    case http::HeadParser::State::kDone:
      break;
  }
  reading_->head_buffer = buffer_;
  Consume(parser_.consumed());
  parser_.Reset();
  OnHead();
  return true;
}

void Connection::OnHead() {
  Exchange& exchange = *reading_;
  Append(exchange);
  ++requests_;
  exchange.snapshot = &front_.snapshot();  // it may have changed since the first byte
  exchange.head_read_at = reactor_.now();
  const http::RequestHead& head = exchange.data.head;
  exchange.close_after = !head.keep_alive || !policy_.keep_alive ||
                         front_.memory_level() >= policy::MemoryLevel::kNoKeepAlive ||
                         (policy_.requests_max > 0 && requests_ >= policy_.requests_max);
  if (peer_ && !front_.snapshot().trusted_proxies.empty()) {
    exchange.data.client =
        http::FindOrigin(head.fields, *peer_, front_.snapshot().trusted_proxies).client;
  }
  Route(exchange);
  if (input_ != Input::kNothing) BeginBody(exchange);
}

// Decides who answers: a pool's service, or the runtime at once.
void Connection::Route(Exchange& exchange) {
  const Snapshot& snapshot = front_.snapshot();
  const http::RequestHead& head = exchange.data.head;
  if (head.form == http::TargetForm::kAsterisk) {
    AnswerSelf(exchange, Outcome::kAnswered, AnswerServerOptions());
    return;
  }
  exchange.data.path = http::NormalizePath(head.path, &exchange.path_storage);
  http::PathParams& params = exchange.data.params;
  http::Router::Match match =
      snapshot.router.Find(head.host, head.method, exchange.data.path, &params);
  if (match.kind == http::Router::Kind::kNotFound) {
    exchange.refusal = http::Refusal::kRouteNotFound;
    AnswerSelf(exchange, Outcome::kRejected, AnswerRefusal(exchange.refusal, snapshot));
  } else if (match.kind == http::Router::Kind::kMethodNotAllowed) {
    exchange.refusal = http::Refusal::kMethodNotAllowed;
    AnswerSelf(exchange, Outcome::kRejected, AnswerMethodNotAllowed(match.allowed, snapshot));
  } else {
    const CompiledRoute& route = snapshot.routes[match.value];
    exchange.route = &route;
    if (route.pool == nullptr) {
      AnswerSelf(exchange, Outcome::kAnswered, AnswerRedirect(route, params, head.query));
    } else {
      FindHandler(exchange, route);
    }
  }
}

void Connection::FindHandler(Exchange& exchange, const CompiledRoute& route) {
  const http::RequestHead& head = exchange.data.head;
  http::Router::Match match;
  if (!route.literal_path.empty()) {
    const LiteralTarget& target = route.literal[static_cast<size_t>(head.method)];
    match = target.match;
    exchange.data.params = target.params;
  } else {
    if (route.rewrite) {
      exchange.path_storage =
          route.rewrite->Expand(exchange.data.params, config::PathTemplate::Encoding::kNone);
      exchange.data.path = exchange.path_storage;
    }
    exchange.data.params.Clear();
    match = route.pool->router().Find("", head.method, exchange.data.path, &exchange.data.params);
  }
  exchange.handler = match.value;
  if (match.kind == http::Router::Kind::kFound) return;
  if (match.kind == http::Router::Kind::kNotFound) {
    exchange.refusal = http::Refusal::kRouteNotFound;
    AnswerSelf(exchange, Outcome::kRejected, AnswerRefusal(exchange.refusal, front_.snapshot()));
  } else {
    exchange.refusal = http::Refusal::kMethodNotAllowed;
    AnswerSelf(exchange, Outcome::kRejected,
               AnswerMethodNotAllowed(match.allowed, front_.snapshot()));
  }
}

// What follows the head. The body of a request that is answered already is read and dropped, so
// that the connection can go on.
void Connection::BeginBody(Exchange& exchange) {
  const http::RequestHead& head = exchange.data.head;
  uint64_t allowed =
      exchange.route != nullptr ? exchange.route->body_bytes_max : front_.snapshot().body_bytes_max;
  if (head.framing == http::BodyFraming::kNone ||
      (head.framing == http::BodyFraming::kLength && head.content_length == 0)) {
    OnRequest();
    return;
  }
  if (head.framing == http::BodyFraming::kLength && head.content_length > allowed) {
    Refuse(http::Refusal::kBodyTooLarge);
    return;
  }
  if (head.expect_continue && exchange.ready) {
    // The client has its answer and need not send the body (RFC 9110 section 10.1.1); whether it
    // does is unknown, so nothing after this can be told apart.
    exchange.close_after = true;
    refused_ = true;
    StopReading();
    reading_ = nullptr;
    return;
  }
  exchange.continue_due = head.expect_continue && unparsed().empty();
  read_started_ = last_received_ = reactor_.now();
  body_received_ = 0;
  body_left_ = head.content_length;
  decoder_.Reset();
  input_ = head.framing == http::BodyFraming::kLength ? Input::kLengthBody : Input::kChunkedBody;
  if (exchange.continue_due) reactor_.FlushSoon(*this);
}

bool Connection::ParseLengthBody() {
  std::string_view data = unparsed();
  BodyStorage& storage = reading_->body;
  if (body_received_ == 0 && data.size() >= body_left_) {
    reading_->data.body = data.substr(0, body_left_);  // in one piece, where it is
    Consume(body_left_);
    OnRequest();
    return true;
  }
  if (size_t size = std::min<uint64_t>(data.size(), body_left_); size > 0) {
    if (!reading_->ready) storage.Append(data.substr(0, size));
    Consume(size);
    body_left_ -= size;
    body_received_ += size;
  }
  if (body_left_ > 0) return false;
  reading_->data.body = storage.view();
  OnRequest();
  return true;
}

bool Connection::ParseChunkedBody() {
  http::ChunkedLimits limits = front_.snapshot().chunked_limits;
  limits.body_bytes_max = reading_->route != nullptr ? reading_->route->body_bytes_max
                                                     : front_.snapshot().body_bytes_max;
  std::string_view data = unparsed();
  for (;;) {
    std::string_view before = data;
    std::string_view piece;
    http::ChunkedDecoder::Event event = decoder_.Next(data, piece, limits);
    Consume(before.size() - data.size());
    switch (event) {
      case http::ChunkedDecoder::Event::kNeedMore:
        return false;
      case http::ChunkedDecoder::Event::kData:
        body_received_ += piece.size();
        if (!reading_->ready) reading_->body.Append(piece);
        break;
      case http::ChunkedDecoder::Event::kEnd:
        reading_->data.body = reading_->body.view();
        OnRequest();
        return true;
      case http::ChunkedDecoder::Event::kRefused:
        Refuse(decoder_.refusal());
        return false;
    }
  }
}

// The request is whole.
void Connection::OnRequest() {
  Exchange& exchange = *reading_;
  reading_ = nullptr;
  exchange.parsed = true;
  exchange.continue_due = false;
  input_ = exchange.close_after ? Input::kNothing : Input::kHead;
  if (!exchange.ready) Admit(exchange);
}

void Connection::Admit(Exchange& exchange) {
  const CompiledRoute& route = *exchange.route;
  Nanos now = reactor_.now();
  exchange.admitted_at = now;
  exchange.deadline = now + route.request_timeout;
  exchange.queue_deadline = now + route.queue_timeout;
  exchange.priority = route.priority;
  if (exchange.snapshot->heeds_proxies && PeerIsTrusted()) HeedProxy(exchange);
  exchange.data.deadline_unix_nanos = reactor_.UnixNanos(exchange.deadline);
  if (exchange.priority == Priority::kLow &&
      front_.memory_level() >= policy::MemoryLevel::kShedLow) {
    AnswerSelf(exchange, Cause::kMemory);
    return;
  }
  if (route.in_flight_max > 0 && !EnterRoute(exchange)) {
    AnswerSelf(exchange, Cause::kRouteFull);
    return;
  }
  Cause cause = route.pool->HandleOn(reactor_.index()).Admit(exchange, *batch_);
  if (cause != Cause::kNone) AnswerSelf(exchange, cause);
}

// Counted until its outcome is decided.
bool Connection::EnterRoute(Exchange& exchange) {
  std::atomic<uint32_t>& in_flight = *exchange.route->in_flight;
  if (in_flight.fetch_add(1, std::memory_order_relaxed) >= exchange.route->in_flight_max) {
    in_flight.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  exchange.route_in_flight = &in_flight;
  return true;
}

// What a trusted proxy says of the request's priority and of the time its client still has, which
// only shortens what it has here.
void Connection::HeedProxy(Exchange& exchange) {
  const Snapshot& snapshot = *exchange.snapshot;
  const http::Fields& fields = exchange.data.head.fields;
  if (!snapshot.priority_field.empty()) {
    std::string_view value = fields.Get(snapshot.priority_field);
    if (value == "critical") exchange.priority = Priority::kCritical;
    if (value == "normal") exchange.priority = Priority::kNormal;
    if (value == "low") exchange.priority = Priority::kLow;
  }
  uint32_t milliseconds = 0;
  std::string_view left = fields.Get(snapshot.deadline_field);
  if (!snapshot.deadline_field.empty() &&
      absl::SimpleAtoi(absl::string_view(left.data(), left.size()), &milliseconds)) {
    exchange.deadline =
        std::min(exchange.deadline, exchange.admitted_at + milliseconds * kNanosPerMilli);
  }
}

// The client has ended its side: what it asked for is still answered, what it left unfinished is
// not.
void Connection::OnPeerFinished() {
  peer_finished_ = true;
  if (reading_ != nullptr) {
    Refuse(http::Refusal::kIncompleteRequest);
    return;
  }
  StopReading();
  if (idle()) {
    Quit();
  } else {
    reactor_.FlushSoon(*this);
  }
}

void Connection::Refuse(http::Refusal refusal) {
  Exchange& exchange = *reading_;
  EndInput(exchange);
  if (exchange.ready) return;  // answered already; only its body was refused
  exchange.refusal = refusal;
  AnswerSelf(exchange, Outcome::kRejected, AnswerRefusal(refusal, front_.snapshot()));
}

// The connection cannot go on after this request, which is not whole: its answer is the last.
void Connection::EndInput(Exchange& exchange) {
  reactor_.exchanges().Accept(exchange);  // even when only empty lines were read: it gets an answer
  if (last_ != &exchange) Append(exchange);
  reading_ = nullptr;
  exchange.close_after = true;
  exchange.continue_due = false;
  refused_ = true;
  StopReading();
  reactor_.FlushSoon(*this);
}

}  // namespace troupe
