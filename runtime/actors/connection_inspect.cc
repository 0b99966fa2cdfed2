// What a connection says of itself, and what an operator may do to one of its requests.
#include "absl/strings/str_cat.h"
#include "runtime/actors/connection.h"
#include "runtime/actors/pool.h"
#include "runtime/actors/proto_time.h"
#include "troupe/admin/v1/connections.pb.h"

namespace troupe {

using Proto = admin::v1::Connection;

Proto::Phase Connection::phase() const {
  if (closing_ || linger_until_ != kNever || quitting()) return Proto::DRAINING;
  if (input_ == Input::kLengthBody || input_ == Input::kChunkedBody) return Proto::BODY;
  if (unanswered_ > 0 || !output_.empty()) return Proto::SERVING;
  if (reading_ != nullptr || input_ == Input::kProxyHeader) return Proto::HEAD;
  return Proto::IDLE;
}

Nanos Connection::PhaseSince() const {
  switch (phase()) {
    case Proto::BODY:
      return read_started_;
    case Proto::HEAD:
      return reading_ != nullptr ? read_started_ : opened_at_;
    case Proto::IDLE:
      return idle_since_;
    default:
      return last_received_;
  }
}

Proto Connection::Describe() const {
  const Nanos now = reactor_.now();
  Proto out;
  out.set_name(absl::StrCat("connections/", id_));
  if (peer_) out.set_client(peer_->ToString());
  out.set_reactor(reactor_.index());
  out.set_phase(phase());
  *out.mutable_phase_age() = ToProto(now - PhaseSince());
  *out.mutable_open_time() = ToProto(reactor_.WallTime(opened_at_));
  *out.mutable_age() = ToProto(now - opened_at_);
  out.set_requests(requests_);
  out.set_in_flight(unanswered_);
  out.set_received_bytes(static_cast<int64_t>(received_));
  out.set_sent_bytes(static_cast<int64_t>(output_.sent()));
  out.set_unsent_bytes(static_cast<int64_t>(output_.unsent()));
  if (const double seconds = static_cast<double>(now - opened_at_) / kNanosPerSecond; seconds > 0) {
    out.set_receive_rate(static_cast<double>(received_) / seconds);
    out.set_send_rate(static_cast<double>(output_.sent()) / seconds);
  }
  return out;
}

void Connection::Cancel(Exchange& exchange) {
  Turn([this, &exchange] {
    if (exchange.parsed) {
      exchange.route->pool->HandleOn(reactor_.index()).Withdraw(exchange, /*tell_worker=*/true);
    }
    // While its body is still coming it is held back: the rest is read and dropped.
    AnswerSelf(exchange, telemetry::Cause::kOperator);
  });
}

}  // namespace troupe
