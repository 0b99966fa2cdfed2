#include "runtime/actors/inspect.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/actors/connection.h"
#include "runtime/actors/pool.h"
#include "runtime/actors/proto_time.h"
#include "runtime/actors/shown_head.h"

namespace troupe {
namespace {

using RequestProto = admin::v1::Request;

constexpr int kReactorShift = 48;  // as ExchangeSlab numbers them

RequestProto::Phase PhaseOf(const Exchange& exchange) {
  if (exchange.ready) return RequestProto::WRITING;
  if (!exchange.head_buffer) return RequestProto::HEAD;
  if (!exchange.parsed) return RequestProto::BODY;
  return exchange.worker_id.load(std::memory_order_relaxed) == 0 ? RequestProto::QUEUED
                                                                 : RequestProto::SERVING;
}

// Of a head that has been read whole; before that its views may point to where it was.
void DescribeHead(const Exchange& exchange, const telemetry::Redaction& redact, RequestProto& out) {
  const http::RequestHead& head = exchange.data.head;
  if (head.target.empty()) return;  // refused
  out.set_method(std::string(http::MethodName(head.method)));
  out.set_target(ShownText(redact.Target(head.target)));
  ShowFields(head.fields, redact, *out.mutable_fields());
}

void DescribePlace(const Exchange& exchange, RequestProto& out) {
  if (exchange.route == nullptr) return;
  out.set_route(exchange.route->pattern);
  if (exchange.route->pool == nullptr) return;
  out.set_pool(absl::StrCat("pools/", exchange.route->pool->spec().name));
  if (uint64_t worker = exchange.worker_id.load(std::memory_order_relaxed); worker != 0) {
    out.set_worker(absl::StrCat(out.pool(), "/workers/", worker));
  }
}

RequestProto Describe(Front& front, const Exchange& exchange, const telemetry::Redaction& redact) {
  Reactor& reactor = front.reactor();
  RequestProto out;
  out.set_name(absl::StrCat("requests/", exchange.data.id));
  if (exchange.head_buffer) DescribeHead(exchange, redact, out);
  DescribePlace(exchange, out);
  out.set_client(Request(&exchange.data).client());
  if (exchange.connection != nullptr) {
    out.set_connection(
        absl::StrCat("connections/", static_cast<const Connection&>(*exchange.connection).id()));
  }
  out.set_phase(PhaseOf(exchange));
  *out.mutable_accept_time() = ToProto(reactor.WallTime(exchange.accepted_at));
  *out.mutable_age() = ToProto(reactor.now() - exchange.accepted_at);
  if (exchange.parsed && exchange.route != nullptr && exchange.deadline != kNever) {
    *out.mutable_deadline() = ToProto(reactor.WallTime(exchange.deadline));
    *out.mutable_times()->mutable_read() = ToProto(exchange.admitted_at - exchange.accepted_at);
    if (exchange.data.head.framing != http::BodyFraming::kNone) {
      *out.mutable_times()->mutable_body() = ToProto(exchange.admitted_at - exchange.head_read_at);
    }
    out.set_body_bytes(static_cast<int64_t>(exchange.data.body.size()));
  }
  out.set_status(exchange.answer_status);
  out.set_answer_bytes(static_cast<int64_t>(exchange.answer_bytes));
  if (exchange.snapshot != nullptr) {
    out.set_revision(static_cast<int64_t>(exchange.snapshot->revision));
  }
  out.set_cancelled(exchange.cancelled.load(std::memory_order_relaxed));
  return out;
}

}  // namespace

int ReactorOf(uint64_t id) { return static_cast<int>(id >> kReactorShift) - 1; }

RequestProto DescribeEnded(Front& front, const Exchange& exchange,
                           const telemetry::Redaction& redact, Nanos ended) {
  RequestProto out = Describe(front, exchange, redact);
  out.set_phase(RequestProto::ENDED);
  *out.mutable_age() = ToProto(ended - exchange.accepted_at);
  out.set_outcome(std::string(telemetry::OutcomeName(exchange.outcome)));
  if (const size_t reason = telemetry::ReasonOf(exchange.cause, exchange.refusal); reason != 0) {
    out.set_cause(std::string(telemetry::ReasonName(reason)));
  }
  if (exchange.out || !exchange.begun || exchange.ended_at == 0) return out;
  admin::v1::PhaseTimes& times = *out.mutable_times();
  *times.mutable_queue() = ToProto(std::max<Nanos>(0, exchange.begun_at - exchange.admitted_at));
  *times.mutable_service() = ToProto(exchange.ended_at - exchange.begun_at);
  *times.mutable_write() = ToProto(std::max<Nanos>(0, ended - exchange.ended_at));
  return out;
}

std::vector<RequestProto> DescribeRequests(Front& front, const telemetry::Redaction& redact) {
  std::vector<RequestProto> requests;
  for (const Exchange* exchange : front.reactor().exchanges().undecided()) {
    requests.push_back(Describe(front, *exchange, redact));
  }
  return requests;
}

std::vector<admin::v1::Connection> DescribeConnections(Front& front) {
  std::vector<admin::v1::Connection> connections;
  connections.reserve(front.connections());
  front.ForEachConnection([&](Connection& each) { connections.push_back(each.Describe()); });
  return connections;
}

CancelResult CancelRequest(Front& front, uint64_t id) {
  const std::vector<Exchange*>& undecided = front.reactor().exchanges().undecided();
  auto at = std::find_if(undecided.begin(), undecided.end(),
                         [id](const Exchange* each) { return each->data.id == id; });
  if (at == undecided.end() || (*at)->connection == nullptr || (*at)->ready) {
    return CancelResult::kNotFound;
  }
  if (!(*at)->head_buffer) return CancelResult::kHeadNotRead;
  static_cast<Connection&>(*(*at)->connection).Cancel(**at);
  return CancelResult::kCancelled;
}

std::optional<admin::v1::Connection> CloseConnection(Front& front, uint64_t id) {
  Connection* found = nullptr;
  front.ForEachConnection([&](Connection& each) {
    if (each.id() == id) found = &each;
  });
  if (found == nullptr) return std::nullopt;
  admin::v1::Connection closed = found->Describe();
  found->Kill();
  return closed;
}

}  // namespace troupe
