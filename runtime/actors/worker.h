// A worker: an actor that owns one instance of a service and runs its handlers. Plain handlers run
// to their end in one turn; coroutines may be suspended by the thousand. Answers go back in one
// message per connection and turn.
//
// What it does right now is published for the watchdog, which may find that it hangs.
//
// Threads: its unit's. id(), TellCancelled and activity() from any thread; in_flight and parked
// belong to the WorkSource.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "runtime/actors/lean_actor.h"
#include "runtime/actors/pool.h"
#include "runtime/async/runner.h"
#include "runtime/policy/recycle.h"
#include "runtime/reactor/timer_wheel.h"
#include "runtime/telemetry/in_hand.h"

namespace troupe {

class Reactor;

class Worker final : public LeanActor, private Runner {
 public:
  struct Origin {
    int restarts = 0;  // how often its place had to be filled again
    Nanos started = 0;
    policy::RecycleLimits recycle{UINT64_MAX, kNever};  // for its supervisor
  };
  // `unit` is the reactor itself or an executor. Begins when it is told kStart.
  Worker(caf::actor_config& config, Unit& unit, Pool& pool, WorkSource& source, Origin origin);
  ~Worker() override;

  uint64_t id() const { return id_; }
  // The exchange's answer is not wanted any more; it is ended if it waits. Any thread, by the
  // exchange's home.
  void TellCancelled(const Exchange* exchange, uint64_t id);
  // More work, given by the source on this worker's turn.
  void TakeUp(ExchangeList exchanges);

  // What its handler is doing; a snapshot that may be out of date.
  struct Activity {
    Nanos since = 0;       // 0: nothing
    Nanos hung_at = 0;     // when it counts as hung
    uint64_t request = 0;  // its id
    uint32_t handler = 0;
    pid_t thread = 0;
  };
  Activity activity() const;
  uint64_t served() const { return served_.load(std::memory_order_relaxed); }
  const Origin& origin() const { return origin_; }

  // Exchanges placed with this worker and not reported as ended.
  uint32_t in_flight = 0;
  bool parked = false;

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
  void Enter(Exchange& exchange, Nanos now);
  void LeaveHandler();
  void Finish(Exchange& exchange);
  void Count(Exchange& exchange);
  void FailThrown(Exchange& exchange);
  void Fail(Exchange& exchange, telemetry::Cause cause, std::string text);
  void RecordCrash(const Exchange& exchange, const std::string& type, const std::string& text);
  void Describe(admin::v1::Crash& crash) const;
  void CancelAll();
  void GoOnLater();
  void SendHome(ExchangeHandle handle);
  void SendDone();
  // Tells the source what has ended, and begins what it gives for it.
  void Report();
  bool TurnIsLong(int rounds);

  Pool& pool_;
  WorkSource& source_;
  Reactor* const reactor_;  // null on an executor
  const bool pulls_;        // its work from the source
  const uint64_t id_;
  std::unique_ptr<Service> service_;
  Routes routes_;
  bool started_ = false;
  bool draining_ = false;

  // The last requests it has ended, for crash records.
  struct Served {
    uint32_t handler = 0;
    int status = 0;
    Nanos began = 0;
    Nanos ended = 0;
  };
  static constexpr size_t kServedKept = 8;
  std::array<Served, kServedKept> last_served_{};

  const Origin origin_;
  Exchange* running_ = nullptr;               // whose handler runs right now
  absl::flat_hash_set<Exchange*> suspended_;  // each one's handle is ours
  Nanos turn_began_ = 0;
  WorkTally ended_;                // not yet reported to the source
  caf::mailbox_element_ptr done_;  // answers for one connection, not yet sent
  caf::abstract_actor* done_to_ = nullptr;
  caf::strong_actor_ptr done_to_reference_;  // when that is on another thread

  std::unique_ptr<TimerWheel> own_timers_;  // on an executor, advanced by its turns
  TimerWheel& timers_;
  Nanos wake_armed_ = kNever;
  std::vector<std::unique_ptr<Sleeper>> spare_sleepers_;

  // Published; written on its turns only.
  telemetry::InHand in_hand_;
  std::atomic<Nanos> hung_at_{0};
  std::atomic<uint32_t> busy_handler_{0};
  std::atomic<uint64_t> served_{0};
};

}  // namespace troupe
