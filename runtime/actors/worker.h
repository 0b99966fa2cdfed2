// A worker: an actor that owns one instance of a service and runs its handlers. Plain handlers run
// to their end in one turn; coroutines may be suspended by the thousand. Answers go back in one
// message per connection and turn.
//
// Threads: its unit's. id() and TellCancelled from any thread; in_flight belongs to the WorkSource.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "runtime/actors/lean_actor.h"
#include "runtime/actors/pool.h"
#include "runtime/async/runner.h"
#include "runtime/reactor/timer_wheel.h"

namespace troupe {

class Reactor;

class Worker final : public LeanActor, private Runner {
 public:
  // `unit` is the reactor itself or an executor. Begins when it is told kStart.
  Worker(caf::actor_config& config, Unit& unit, Pool& pool, WorkSource& source);
  ~Worker() override;

  uint64_t id() const { return id_; }
  // The exchange's answer is not wanted any more; it is ended if it waits. Any thread, by the
  // exchange's home.
  void TellCancelled(const Exchange* exchange, uint64_t id);
  // More work, given by the source on this worker's turn.
  void TakeUp(ExchangeList exchanges);

  // Exchanges placed with this worker and not reported as finished.
  uint32_t in_flight = 0;

 private:
  class Sleeper;

  const char* name() const override { return "worker"; }
  void OnMessage(Message& message) override;
  void OnTurnBegin() override;
  void OnTurnEnd() override;
  void OnExit() override;

  Nanos NowNanos();
  absl::Time Now() override;
  Waiter* Arm(Context& context, std::coroutine_handle<> frame, absl::Duration after) override;
  void Disarm(Waiter* waiter) override;
  bool Draining() override { return draining_; }

  void Start();
  void Drain();
  void Begin(ExchangeHandle handle);
  void OnSleepOver(Sleeper& sleeper);
  void Resume(Sleeper& sleeper, absl::Status result);
  void CancelIfHeld(const Exchange* exchange, uint64_t id);
  void Finish(Exchange& exchange);
  void Fail(Exchange& exchange, telemetry::Cause cause, std::string text);
  void SendHome(ExchangeHandle handle);
  void SendDone();
  // Tells the source what has ended, and begins what it gives for it.
  void Report();
  bool TurnIsLong(int rounds);

  Pool& pool_;
  WorkSource& source_;
  Reactor* const reactor_;  // null on an executor
  const uint64_t id_;
  std::unique_ptr<Service> service_;
  Routes routes_;
  bool started_ = false;
  bool draining_ = false;

  Exchange* running_ = nullptr;               // whose handler runs right now
  absl::flat_hash_set<Exchange*> suspended_;  // each one's handle is ours
  Nanos turn_began_ = 0;
  uint32_t finished_ = 0;          // not yet reported to the source
  caf::mailbox_element_ptr done_;  // answers for one connection, not yet sent
  caf::abstract_actor* done_to_ = nullptr;
  caf::strong_actor_ptr done_to_reference_;  // when that is on another thread

  std::unique_ptr<TimerWheel> own_timers_;  // on an executor, advanced by its turns
  TimerWheel& timers_;
  Nanos wake_armed_ = kNever;
  std::vector<std::unique_ptr<Sleeper>> spare_sleepers_;
};

}  // namespace troupe
