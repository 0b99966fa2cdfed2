// A pool of the sample service over two stepped reactors, with a connection on each.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "runtime/actors/pool.h"
#include "runtime/actors/queued_pool.h"
#include "runtime/actors/sharded_pool.h"
#include "runtime/actors/worker.h"
#include "tests/actors/fake_connection.h"
#include "tests/actors/sample_service.h"
#include "tests/reactor/stepping.h"

namespace troupe {

class PoolFixture : public testing::Test {
 protected:
  using Route = SampleService::Route;

  PoolFixture() {
    for (int i = 0; i < 2; ++i) {
      Reactor::Options options;
      options.index = i;
      reactors.push_back(std::make_unique<SteppedReactor>(system.system(), clock, options));
      Reactor& reactor = **reactors.back();
      connections.push_back(LeanActor::Spawn<FakeConnection>(reactor, reactor));
    }
  }
  ~PoolFixture() override {
    for (ActorRef<Worker>& worker : workers) Tell(*worker, WorkerControl::Command::kDrain);
    Pass(2 * kNanosPerSecond);  // what sleeps comes to its end
    for (size_t i : {0u, 1u}) reactors[i]->Run([&] { connections[i]->End(); });
    Settle();
    for (ActorRef<Worker>& worker : workers) EXPECT_FALSE(worker->alive());
    for (auto& reactor : reactors) EXPECT_EQ((*reactor)->exchanges().live(), 0u);
  }

  void MakePool(PoolSpec spec) {
    spec.name = "sample";
    auto made = Pool::Make(std::move(spec), entry);
    ASSERT_TRUE(made.ok()) << made.status();
    pool = *std::move(made);
    pool->Attach({&**reactors[0], &**reactors[1]});
  }
  // A worker that has joined.
  Worker& StartWorker(size_t reactor, WorkSource& source) {
    Reactor& unit = **reactors[reactor];
    workers.push_back(LeanActor::Spawn<Worker>(unit, unit, *pool, source, origin));
    Tell(*workers.back(), WorkerControl::Command::kStart);
    Settle();
    return *workers.back();
  }
  void Tell(Worker& worker, WorkerControl::Command command) {
    worker.enqueue(caf::mailbox_element_ptr(new WorkerControl(command)), nullptr);
  }
  // Asks for admission as connection `reactor` does. The exchange is gone again when it is refused.
  telemetry::Cause Admit(size_t reactor, Route route, Exchange** admitted = nullptr) {
    return AdmitPrepared(reactor, route, [&](Exchange& exchange) {
      if (admitted != nullptr) *admitted = &exchange;
    });
  }
  // The same with what `prepare` does to the exchange before.
  telemetry::Cause AdmitPrepared(size_t reactor, Route route,
                                 absl::FunctionRef<void(Exchange&)> prepare) {
    telemetry::Cause cause = telemetry::Cause::kNone;
    reactors[reactor]->Run([&] {
      Exchange& exchange = connections[reactor]->NewExchange(route);
      exchange.admitted_at = clock.Steady();
      prepare(exchange);
      WorkBatch batch;
      cause = Handle(reactor).Admit(exchange, batch);
      EXPECT_EQ(exchange.out, cause == telemetry::Cause::kNone);
      if (cause != telemetry::Cause::kNone) connections[reactor]->Forget(exchange);
    });
    return cause;
  }
  // As for one whose worker has died before it began. Its number, when it is admitted.
  std::pair<telemetry::Cause, uint64_t> Readmit(size_t reactor, Route route) {
    telemetry::Cause cause = telemetry::Cause::kNone;
    uint64_t id = 0;
    reactors[reactor]->Run([&] {
      Exchange& exchange = connections[reactor]->NewExchange(route);
      exchange.admitted_at = clock.Steady();
      exchange.connection_reference = connections[reactor].pointer();
      id = exchange.data.id;
      cause = Handle(reactor).Readmit(exchange);
      EXPECT_EQ(exchange.out, cause == telemetry::Cause::kNone);
      if (cause != telemetry::Cause::kNone) connections[reactor]->Forget(exchange);
    });
    return {cause, id};
  }
  bool Withdraw(size_t reactor, Exchange& exchange, bool tell_worker) {
    bool was_queued = false;
    reactors[reactor]->Run([&] { was_queued = Handle(reactor).Withdraw(exchange, tell_worker); });
    return was_queued;
  }
  PoolHandle& Handle(size_t reactor) { return pool->HandleOn(static_cast<int>(reactor)); }
  const std::vector<Returned>& returned(size_t reactor) { return connections[reactor]->returned; }

  // Until nothing moves any more.
  virtual void Settle() {
    for (int i = 0; i < 8; ++i) {
      for (auto& reactor : reactors) (*reactor)->Step();
    }
  }
  void Pass(Nanos time) {
    Settle();
    clock.Advance(time);
    Settle();
  }

  static constexpr telemetry::Cause kAdmitted = telemetry::Cause::kNone;

  TestSystem system;
  ManualClock clock;
  SampleState state;
  ServiceEntry entry = SampleService::Entry(state);
  std::unique_ptr<Pool> pool;
  std::vector<std::unique_ptr<SteppedReactor>> reactors;
  std::vector<ActorRef<FakeConnection>> connections;
  std::vector<ActorRef<Worker>> workers;
  Worker::Origin origin;
};

}  // namespace troupe
