// One reactor's HTTP front: what its listeners and connections share. Made and destroyed by Server,
// used on the reactor's thread only.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "runtime/actors/slow_requests.h"
#include "runtime/actors/snapshot.h"
#include "runtime/policy/memory_governor.h"
#include "runtime/reactor/reactor.h"
#include "runtime/telemetry/access_log.h"
#include "runtime/telemetry/metrics.h"
#include "runtime/telemetry/redact.h"

namespace troupe {

class Connection;
class Listener;

// How many connections there are and may be, on all reactors together.
struct ConnectionBudget {
  std::atomic<int64_t> open{0};
  std::atomic<int64_t> max{0};
};

class Front {
 public:
  enum class DrainPhase : uint8_t {
    kNone,
    kAnnounced,  // all is served, each answer says Connection: close
    kReading,    // listeners are closed; what arrives on open connections is still answered
    kFinishing,  // idle connections are closed, the others when their last answer is out
  };

  Front(Reactor& reactor, std::shared_ptr<const Snapshot> snapshot, ConnectionBudget& budget,
        telemetry::AccessLogRing* access_log, telemetry::Metrics* metrics = nullptr,
        const telemetry::Redaction* redact = nullptr)
      : reactor_(reactor),
        snapshot_(std::move(snapshot)),
        budget_(budget),
        access_log_(access_log),
        metrics_(metrics),
        redact_(redact),
        slow_(reactor) {}

  Reactor& reactor() { return reactor_; }
  const Snapshot& snapshot() const { return *snapshot_; }
  // For requests that begin from now on. What is in flight keeps the one it began with.
  void SetSnapshot(std::shared_ptr<const Snapshot> snapshot);
  ConnectionBudget& budget() { return budget_; }

  // Connections come and go. One less may let paused listeners accept again.
  void Add(Connection& connection);
  void Remove(Connection& connection);
  size_t connections() const { return count_; }
  // Unique in the process: the reactor's number in the upper bits, as of exchanges.
  uint64_t NextConnectionId() {
    return static_cast<uint64_t>(reactor_.index() + 1) << 48 | ++last_connection_;
  }
  // `visit` may end what it is given.
  void ForEachConnection(absl::FunctionRef<void(Connection&)> visit);

  void AddListener(Listener& listener) { listeners_.push_back(&listener); }
  void RemoveListener(Listener& listener);
  // They accept what waits already and close.
  void CloseListeners();

  DrainPhase drain_phase() const { return drain_phase_; }
  void SetDrainPhase(DrainPhase phase);
  // What is given up on this reactor for want of memory.
  policy::MemoryLevel memory_level() const { return memory_level_; }
  void SetMemoryLevel(policy::MemoryLevel level);
  // Answers everything that is pending as CANCELLED, then ends its connections.
  void AnswerAllAndClose();
  // Ends every connection at once.
  void KillAll();

  // An exchange that has ended: one line, when there is an access log; a count, where there are
  // metrics; a place among the slowest, where somebody may look at them: where it is said what they
  // may see.
  void Log(const Exchange& exchange);
  void Count(const Exchange& exchange, Nanos ended);
  void OfferSlow(const Exchange& exchange, Nanos ended) {
    if (ended - exchange.accepted_at > slow_.threshold()) KeepSlow(exchange, ended);
  }
  const SlowRequests& slow_requests() const { return slow_; }

 private:
  void KeepSlow(const Exchange& exchange, Nanos ended);

  Reactor& reactor_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<std::shared_ptr<const Snapshot>> retired_;  // some exchange may still use each
  ConnectionBudget& budget_;
  telemetry::AccessLogRing* access_log_;
  telemetry::Metrics* metrics_;
  const telemetry::Redaction* redact_;
  SlowRequests slow_;
  std::vector<Listener*> listeners_;
  Connection* first_ = nullptr;
  size_t count_ = 0;
  uint64_t last_connection_ = 0;
  DrainPhase drain_phase_ = DrainPhase::kNone;
  policy::MemoryLevel memory_level_ = policy::MemoryLevel::kNormal;
};

}  // namespace troupe
