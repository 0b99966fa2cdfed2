// From answers to bytes, in the order of the requests.
#include <utility>

#include "runtime/actors/connection.h"
#include "runtime/actors/own_answers.h"
#include "runtime/http/response_writer.h"

namespace troupe {

using telemetry::Cause;
using telemetry::Outcome;

namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

// To the end of the list.
void Connection::Append(Exchange& exchange) {
  if (last_ == nullptr) {
    first_ = &exchange;
  } else {
    last_->fifo_next = &exchange;
  }
  last_ = &exchange;
  if (to_write_ == nullptr) to_write_ = &exchange;
  ++unanswered_;
}

// The runtime answers. What a worker may still answer comes too late.
void Connection::AnswerSelf(Exchange& exchange, Outcome outcome, Response response) {
  exchange.own_answer = std::make_unique<Response>(std::move(response));
  exchange.ready = true;
  // An answer like any other is decided when its last byte is sent.
  if (outcome != Outcome::kAnswered) reactor_.exchanges().Decide(exchange, outcome);
  reactor_.FlushSoon(*this);
}

void Connection::AnswerSelf(Exchange& exchange, Cause cause) {
  exchange.cause = cause;
  AnswerSelf(exchange, telemetry::InfoOf(cause).outcome, AnswerCause(cause, exchange));
}

// An exchange has come home from its worker.
void Connection::OnDone(Exchange& exchange) {
  exchange.out = false;
  if (exchange.owner == nullptr) {  // answered without the worker, and sent
    reactor_.exchanges().Free(exchange);
  } else if (!exchange.ready) {
    if (exchange.answered) {
      exchange.ready = true;
    } else {
      AnswerSelf(exchange,
                 exchange.failure != Cause::kNone ? exchange.failure : Cause::kHandlerDropped);
    }
  }
}

void Connection::Flush() {
  Turn([this] {
    if (linger_until_ != kNever) return;
    WriteReady();
    if (!output_.empty() && !blocked_) {
      uint64_t before = output_.sent();
      OutputQueue::Result result = output_.WriteTo(fd_, closing_);
      if (output_.sent() != before) last_progress_ = reactor_.now();
      if (result == OutputQueue::Result::kError) {
        RetireSent();
        Abort(Cause::kClientReset);
        return;
      }
      blocked_ = result == OutputQueue::Result::kBlocked;
    }
    RetireSent();
    AfterFlush();
  });
}

void Connection::WriteReady() {
  while (to_write_ != nullptr && to_write_->ready && !closing_) {
    Exchange& exchange = *to_write_;
    // The answer to a request whose body is still coming is held back until the body has been read.
    if (&exchange == reading_) break;
    Write(exchange);
    to_write_ = exchange.fifo_next;
    --unanswered_;
  }
  if (to_write_ != nullptr && to_write_->continue_due && !to_write_->ready) {
    to_write_->continue_due = false;
    read_started_ = last_received_ = reactor_.now();  // only now the client may send
    if (output_.empty()) last_progress_ = reactor_.now();
    output_.Append(kContinue);
  }
}

void Connection::Write(Exchange& exchange) {
  Response& response = exchange.own_answer ? *exchange.own_answer : exchange.context.response;
  const http::RequestHead& head = exchange.data.head;
  http::AnswerFraming framing;
  framing.head_only = head.method == http::Method::kHead;
  framing.close = exchange.close_after || IsLastAnswer(exchange);
  framing.keep_alive_1_0 = !framing.close && head.version_minor == 0;
  framing.date = reactor_.date();
  if (output_.empty()) last_progress_ = reactor_.now();
  char* out = output_.Reserve(http::AnswerHeadSizeBound(response));
  output_.Commit(static_cast<size_t>(http::WriteAnswerHead(out, response, framing) - out));
  exchange.answer_status = response.status();
  if (!framing.head_only && http::MayHaveBody(response.status())) {
    exchange.answer_bytes = response.body().size();
    output_.AppendBody(std::move(response.mutable_body()));
  }
  exchange.written_end = output_.appended();
  closing_ = framing.close;
  if (!closing_) return;
  StopReading();
  // A client that wanted to go on may have sent more already.
  if (head.keep_alive) refused_ = true;
}

// While draining, and after the client has ended its side, nothing follows the answer to the last
// request.
bool Connection::IsLastAnswer(const Exchange& exchange) const {
  bool ending = peer_finished_ || front_.drain_phase() != Front::DrainPhase::kNone;
  return ending && exchange.fifo_next == nullptr && reading_ == nullptr && unparsed().empty();
}

// What has been sent whole is over.
void Connection::RetireSent() {
  Nanos ended = 0;  // read once for all of them
  while (first_ != to_write_ && first_->written_end <= output_.sent()) {
    Exchange& exchange = *first_;
    if (ended == 0) ended = reactor_.ReadClock();
    first_ = exchange.fifo_next;
    if (first_ == nullptr) last_ = nullptr;
    reactor_.exchanges().Decide(exchange, Outcome::kAnswered);
    Detach(exchange, ended);
  }
}

void Connection::AfterFlush() {
  if (first_ == nullptr && output_.empty()) {
    if (input_ != Input::kProxyHeader) idle_since_ = reactor_.now();
    if (closing_ || input_ == Input::kNothing) {
      FinishOrLinger();
      return;
    }
  }
  // Bytes that waited because too many requests were unanswered, or too much was unsent.
  if (!unparsed().empty() && input_ == Input::kHead && CanTakeMore()) {
    ParseInput();
    ReleaseInput();
  }
  if (quitting()) return;
  if (idle() && front_.drain_phase() == Front::DrainPhase::kFinishing) {
    FinishOrLinger();
    return;
  }
  UpdateInterest();
  UpdateTimer();
}

}  // namespace troupe
