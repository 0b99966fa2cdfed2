#include "runtime/actors/front.h"

#include <algorithm>
#include <utility>

#include "runtime/actors/connection.h"
#include "runtime/actors/inspect.h"
#include "runtime/actors/listener.h"
#include "runtime/actors/pool.h"

namespace troupe {

void Front::Add(Connection& connection) {
  connection.next_ = first_;
  if (first_ != nullptr) first_->previous_ = &connection;
  first_ = &connection;
  ++count_;
}

void Front::Remove(Connection& connection) {
  (connection.previous_ == nullptr ? first_ : connection.previous_->next_) = connection.next_;
  if (connection.next_ != nullptr) connection.next_->previous_ = connection.previous_;
  connection.next_ = connection.previous_ = nullptr;
  --count_;
  budget_.open.fetch_sub(1, std::memory_order_relaxed);
  for (Listener* listener : listeners_) listener->OnRoom();
}

// Looking once for each change costs less than counting once for each request.
void Front::SetSnapshot(std::shared_ptr<const Snapshot> snapshot) {
  retired_.push_back(std::exchange(snapshot_, std::move(snapshot)));
  std::erase_if(retired_, [this](const auto& retired) {
    const std::vector<Exchange*>& live = reactor_.exchanges().all_live();
    return std::none_of(live.begin(), live.end(), [&](const Exchange* exchange) {
      return exchange->snapshot == retired.get();
    });
  });
  for (Listener* listener : listeners_) listener->OnRoom();
}

void Front::ForEachConnection(absl::FunctionRef<void(Connection&)> visit) {
  for (Connection* connection = first_; connection != nullptr;) {
    Connection& each = *connection;
    connection = each.next_;
    visit(each);
  }
}

void Front::RemoveListener(Listener& listener) { std::erase(listeners_, &listener); }

void Front::CloseListeners() {
  for (Listener* listener : std::vector<Listener*>(listeners_)) listener->Close();
}

void Front::SetDrainPhase(DrainPhase phase) {
  drain_phase_ = phase;
  if (phase != DrainPhase::kFinishing) return;
  ForEachConnection([](Connection& each) { each.OnDrainPhase(); });
}

void Front::SetMemoryLevel(policy::MemoryLevel level) {
  memory_level_ = level;
  for (Listener* listener : listeners_) listener->OnRoom();
}

void Front::AnswerAllAndClose() {
  ForEachConnection(
      [](Connection& each) { each.AnswerAllAndClose(telemetry::Cause::kDrainTimeout); });
}

void Front::KillAll() {
  while (first_ != nullptr) first_->Kill();
}

void Front::Log(const Exchange& exchange) {
  if (access_log_ == nullptr) return;
  telemetry::AccessRecord record;
  record.time = reactor_.WallTime(exchange.accepted_at);
  record.id = exchange.data.id;
  std::string client = Request(&exchange.data).client();
  record.client = client;
  record.target = exchange.data.head.target;
  if (!record.target.empty()) record.method = http::MethodName(exchange.data.head.method);
  record.version_minor = exchange.data.head.version_minor;
  record.status = exchange.answer_status;
  record.bytes = exchange.answer_bytes;
  if (exchange.route != nullptr) {
    record.route = exchange.route->pattern;
    if (exchange.route->pool != nullptr) record.pool = exchange.route->pool->spec().name;
  }
  record.outcome = exchange.outcome;
  // What a worker still holds may not be read here.
  if (!exchange.out && exchange.begun) {
    record.worker = exchange.worker_id.load(std::memory_order_relaxed);
    record.queue_wait = absl::Nanoseconds(exchange.begun_at - exchange.admitted_at);
    record.service_time = absl::Nanoseconds(exchange.ended_at - exchange.begun_at);
  }
  access_log_->Append(record);
}

void Front::Count(const Exchange& exchange, Nanos ended) {
  if (metrics_ == nullptr) return;
  telemetry::RequestRecord record;
  if (!exchange.data.head.target.empty()) {
    record.method = static_cast<size_t>(exchange.data.head.method);
  }
  record.status = exchange.answer_status;
  record.outcome = exchange.outcome;
  record.reason = telemetry::ReasonOf(exchange.cause, exchange.refusal);
  // What a worker still holds may not be read here.
  if (!exchange.out && exchange.begun) {
    record.queue_nanos = std::max<Nanos>(0, exchange.begun_at - exchange.admitted_at);
  }
  record.duration_nanos = ended - exchange.accepted_at;
  telemetry::RouteMetrics& metrics =
      exchange.route != nullptr ? *exchange.route->metrics : metrics_->unrouted();
  metrics.cell(reactor_.index()).Count(record);
}

// A client that never came to the end of its head has no request that could be slow.
void Front::KeepSlow(const Exchange& exchange, Nanos ended) {
  if (redact_ == nullptr || !exchange.head_buffer) return;
  slow_.Keep(ended - exchange.accepted_at, DescribeEnded(*this, exchange, *redact_, ended));
}

}  // namespace troupe
