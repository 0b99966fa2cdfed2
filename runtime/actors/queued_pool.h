// SHARED and DEDICATED pools: workers on threads of their own, one bounded queue for all reactors
// behind one mutex. A worker that finishes takes from the queue itself; nothing waits in a mailbox.
#pragma once

#include <atomic>
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
  PoolLoad Load() const override {
    return {in_flight_.load(std::memory_order_relaxed), waiting_.load(std::memory_order_relaxed)};
  }

  telemetry::Cause Admit(Exchange& exchange, WorkBatch& batch) override;
  bool Withdraw(Exchange& exchange, bool tell_worker) override;
  void Join(Worker& worker) override;
  void Leave(Worker& worker) override;
  ExchangeList Finished(Worker& worker, uint32_t count) override;

 private:
  // All under the mutex, worker.in_flight and exchange.worker_id included.
  Worker* LeastBusy();
  ExchangeList TakeFor(Worker& worker);
  // What a member of the pool holds has changed by that much, and the queue in some way.
  void PublishLoad(int64_t in_flight_change);

  std::mutex mutex_;
  std::vector<Worker*> workers_;
  ExchangeList queue_;
  // Written under the mutex, read by anybody.
  std::atomic<uint32_t> in_flight_{0};
  std::atomic<uint32_t> waiting_{0};
};

}  // namespace troupe
