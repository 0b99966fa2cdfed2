// SHARED and DEDICATED pools: workers on threads of their own, one bounded queue for all reactors
// behind one mutex. A worker that finishes takes from the queue itself; nothing waits in a mailbox.
#pragma once

#include <mutex>
#include <vector>

#include "runtime/actors/pool.h"

namespace troupe {

class QueuedPool final : public Pool, public PoolHandle, public WorkSource {
 public:
  QueuedPool(PoolSpec spec, const ServiceEntry& entry, http::Router router)
      : Pool(std::move(spec), entry, std::move(router)) {}

  void Attach(const std::vector<Reactor*>&) override {}
  PoolHandle& HandleOn(int) override { return *this; }
  void DropQueued() override;

  telemetry::Cause Admit(Exchange& exchange, WorkBatch& batch) override;
  bool Withdraw(Exchange& exchange, bool tell_worker) override;
  void Join(Worker& worker) override;
  void Leave(Worker& worker) override;
  ExchangeList Finished(Worker& worker, uint32_t count) override;

 private:
  // All under the mutex, worker.in_flight and exchange.worker_id included.
  Worker* LeastBusy();
  ExchangeList TakeFor(Worker& worker);

  std::mutex mutex_;
  std::vector<Worker*> workers_;
  ExchangeList queue_;
};

}  // namespace troupe
