// A supervisor on a control reactor, over a pool of the sample service on two more, all stepped by
// hand on one clock. Workers of executors run on real threads: tests wait for what these do.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "runtime/actors/pool_supervisor.h"
#include "tests/actors/pool_fixture.h"

namespace troupe {

class SupervisorFixture : public PoolFixture {
 protected:
  using State = PoolSupervisor::State;
  static constexpr Nanos kMs = kNanosPerMilli;
  static constexpr Nanos kTick = 50 * kMs;

  SupervisorFixture() {
    spec.policy.restart.backoff_min = 100 * kMs;
    spec.policy.restart.backoff_max = 1000 * kMs;
    spec.policy.restart.jitter = 0;
    spec.policy.restart.restarts_max = 1000;
    spec.policy.restart.window = 10'000 * kMs;
    spec.policy.queue_max = 10;
    spec.policy.hang_timeout = 5'000 * kMs;
    spec.policy.restart_on_throw = true;
  }
  ~SupervisorFixture() override {
    state.open = true;
    EndSupervisor();
  }

  // With `spec`, which a test may change before.
  void Make(Placement placement, uint32_t workers) {
    spec.placement = placement;
    spec.policy.workers_min = workers;
    spec.policy.workers_max = std::max(workers, spec.policy.workers_max);
    MakePool(spec);
    std::vector<Reactor*> all = {&**reactors[0], &**reactors[1]};
    supervisor = LeanActor::Spawn<PoolSupervisor>(*control, *control, *pool, all, &events);
  }
  void Start() {
    control.Run([&] { supervisor->Start(); });
    Settle();
  }
  void MakeAndStart(Placement placement, uint32_t workers) {
    Make(placement, workers);
    Start();
    ASSERT_TRUE(Until([&] { return pool->workers_running() == static_cast<int>(workers); }));
  }
  void EndSupervisor() {
    if (!supervisor) return;
    pool->DropQueued(telemetry::Cause::kNotBegun);
    control.Run([&] { supervisor->Stop(); });
    EXPECT_TRUE(Until([&] { return supervisor->stopped() && supervisor->abandoned() == 0; }));
    EXPECT_TRUE(supervisor->StopExecutors(20 * kNanosPerSecond));
    control.Run([&] { supervisor->End(); });
    supervisor = {};
  }

  void Settle() override {
    for (int i = 0; i < 8; ++i) {
      control->Step();
      for (auto& reactor : reactors) (*reactor)->Step();
    }
  }
  // Waits for what other threads do; no time passes for the reactors.
  bool Until(absl::FunctionRef<bool()> condition) {
    const Nanos patience = Clock::System().Steady() + 20 * kNanosPerSecond;
    while (!condition()) {
      if (Clock::System().Steady() > patience) return false;
      Settle();
      std::this_thread::yield();
    }
    return true;
  }
  // The same, while time passes by ticks.
  bool UntilTicking(absl::FunctionRef<bool()> condition) {
    return Until([&] {
      Pass(kTick);
      return condition();
    });
  }
  // Executors live by the machine's clock: moves the other one so far ahead that what they began
  // is older than `age`.
  void PassForExecutors(Nanos age) {
    Pass(std::max<Nanos>(Clock::System().Steady() - clock.Steady(), 0) + age);
  }

  // In a turn of the control reactor.
  template <class F>
  auto Ask(F&& question) {
    decltype(question()) answer;
    control.Run([&] { answer = question(); });
    return answer;
  }
  static uint64_t NumberOf(const admin::v1::Worker& worker) {
    return std::stoull(worker.name().substr(worker.name().rfind('/') + 1));
  }
  // The number of the first worker that is neither on its way out nor hangs.
  uint64_t AnyWorker() {
    for (const admin::v1::Worker& worker : supervisor->DescribeWorkers()) {
      if (worker.state() != admin::v1::Worker::IDLE && worker.state() != admin::v1::Worker::BUSY) {
        continue;
      }
      return NumberOf(worker);
    }
    ADD_FAILURE() << "no worker";
    return 0;
  }
  // Ends one worker by a request, which gets no answer.
  void KillOne(size_t reactor = 0) {
    const uint64_t deaths = supervisor->deaths();
    ASSERT_EQ(Admit(reactor, Route::kThrow), kAdmitted);
    ASSERT_TRUE(Until([&] { return supervisor->deaths() == deaths + 1; }));
  }
  // More deaths than are tolerated; none is left to die when the pool has FAILED.
  void FailPool() {
    state.starts_to_fail = 1'000'000;
    KillOne();
    ASSERT_TRUE(UntilTicking([&] { return supervisor->state() == State::kFailed; }));
    state.starts_to_fail = 0;
  }
  PoolShard& shard(int reactor) { return static_cast<ShardedPool&>(*pool).shard(reactor); }

  PoolSpec spec;
  telemetry::EventLog events;
  SteppedReactor control{system.system(), clock};
  ActorRef<PoolSupervisor> supervisor;
};

}  // namespace troupe
