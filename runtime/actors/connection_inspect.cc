// What a connection says of itself, and what an operator may do to one of its requests.
#include "absl/strings/str_cat.h"
#include "runtime/actors/connection.h"
#include "runtime/actors/pool.h"
#include "runtime/actors/proto_time.h"
#include "troupe/admin/v1/connections.pb.h"

namespace troupe {

admin::v1::Connection Connection::Describe() const {
  using Proto = admin::v1::Connection;
  const Nanos now = reactor_.now();
  Proto out;
  out.set_name(absl::StrCat("connections/", id_));
  if (peer_) out.set_client(peer_->ToString());
  out.set_reactor(reactor_.index());
  Nanos phase_since = last_received_;
  if (closing_ || linger_until_ != kNever || quitting()) {
    out.set_phase(Proto::DRAINING);
  } else if (input_ == Input::kLengthBody || input_ == Input::kChunkedBody) {
    out.set_phase(Proto::BODY);
    phase_since = read_started_;
  } else if (unanswered_ > 0 || !output_.empty()) {
    out.set_phase(Proto::SERVING);
  } else if (reading_ != nullptr || input_ == Input::kProxyHeader) {
    out.set_phase(Proto::HEAD);
    phase_since = reading_ != nullptr ? read_started_ : opened_at_;
  } else {
    out.set_phase(Proto::IDLE);
    phase_since = idle_since_;
  }
  *out.mutable_phase_age() = ToProto(now - phase_since);
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
