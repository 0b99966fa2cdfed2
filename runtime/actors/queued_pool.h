// SHARED and DEDICATED pools: workers on threads of their own, one bounded queue for all reactors
// behind one mutex. Every request passes through the queue, and a worker takes one when it can
// begin it. So nothing waits in a mailbox, and a worker that dies or hangs holds nothing that it
// has not begun.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "runtime/actors/pool.h"
#include "runtime/policy/feasible.h"

namespace troupe {

class QueuedPool final : public Pool, public PoolHandle, public WorkSource {
 public:
  QueuedPool(PoolSpec spec, const ServiceEntry& entry, http::Router router,
             std::vector<std::string> route_names);

  void Attach(const std::vector<Reactor*>&) override {}
  PoolHandle& HandleOn(int) override { return *this; }
  void DropQueued(telemetry::Cause cause) override;
  void Empty() override { DropQueued(telemetry::Cause::kNotBegun); }

  telemetry::Cause Admit(Exchange& exchange, WorkBatch& batch) override;
  telemetry::Cause Readmit(Exchange& exchange) override;
  bool Withdraw(Exchange& exchange, bool tell_worker) override;
  bool pulled() const override { return true; }
  void Join(Worker& worker) override;
  void Drain(Worker& worker) override;
  void Leave(Worker& worker) override;
  ExchangeList Next(Worker& worker, const WorkTally& ended, Nanos now) override;

  PoolTally::Totals ReadTally(Nanos now) const override { return tally_.Read(now); }
  uint32_t waiting() const override;
  uint32_t in_flight() const override;

 private:
  // All under the mutex; worker.in_flight, worker.parked and exchange.worker_id with them.
  telemetry::Cause MakeRoom(const Exchange& exchange, ExchangeHandle* displaced);
  bool IsMember(const Worker& worker) const;
  ActorRef<Worker> Dismiss(Worker& worker);
  void Take(Worker& worker, const WorkTally& ended, Nanos now);
  ExchangeHandle PopFor(Worker& worker, Nanos now);
  ActorRef<Worker> Unpark();

  mutable std::mutex mutex_;
  std::vector<Worker*> workers_;   // the members
  std::vector<Worker*> draining_;  // get no more work
  std::vector<Worker*> parked_;    // have room and nothing to do; the last one parked last
  AdmissionQueue queue_;
  uint32_t in_flight_ = 0;  // of the members
  std::optional<policy::AdaptiveLimit> limit_;
  policy::Feasibility feasibility_;
  PoolTally tally_;
};

}  // namespace troupe
