// Starts the workers of one pool, watches them, and puts a new one in the place of each that dies,
// hangs, or has served long enough; scales their number; gives the pool up when they die too often,
// and probes it until one stays up. Its siblings are not touched.
//
//   workers  places, restarts, FAILED and back             (pool_supervisor.cc)
//   ticks    hangs, scaling, recycling, time-outs of drains (pool_supervisor_tick.cc)
//   words    what an operator sees                          (pool_supervisor_view.cc)
//
// An actor on the control reactor, its thread only. User code never runs here.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "runtime/actors/hang_watch.h"
#include "runtime/actors/lean_actor.h"
#include "runtime/actors/pool.h"
#include "runtime/actors/pool_events.h"
#include "runtime/actors/scaler.h"
#include "runtime/actors/worker.h"
#include "runtime/reactor/executor.h"
#include "runtime/reactor/reactor.h"
#include "troupe/admin/v1/pools.pb.h"

namespace troupe {

class PoolSupervisor final : public LeanActor {
 public:
  enum class State : uint8_t { kRunning, kSuspended, kFailed, kProbing, kStopping };

  // What happens is told to `events`; null: nobody watches.
  PoolSupervisor(caf::actor_config& config, Reactor& control, Pool& pool,
                 const std::vector<Reactor*>& reactors, telemetry::EventLog* events = nullptr);

  void Start();
  // Lets the workers finish what they have begun and ends them; none is started any more.
  void Stop();
  // Ends the supervisor itself, last.
  void End();
  // True when no worker is left, but for those that hang.
  bool stopped() const;
  // Ends the executors' threads. After stopped(), or when patience is over: false when a thread had
  // to be left behind. Not on an actor's turn.
  bool StopExecutors(Nanos patience);

  // --- for operators ----------------------------------------------------------------------------
  // New bounds and policies, at once.
  void Apply(const PoolPolicy& policy);
  // Sheds what comes in and lets what was begun end, until Resume; which also ends FAILED. Once the
  // pool is stopping neither does anything.
  void Suspend(std::string reason);
  void Resume(std::string reason);
  // Lets a worker end what it has begun, and then puts a new one in its place. NOT_FOUND.
  absl::Status RestartWorker(uint64_t id);
  // The same without a new one. FAILED_PRECONDITION where that would leave fewer than the least.
  absl::Status StopWorker(uint64_t id);
  void Describe(admin::v1::Pool& pool) const;
  std::vector<admin::v1::Worker> DescribeWorkers() const;
  const Scaler& scaler() const { return scaler_; }

  const Pool& pool() const { return pool_; }
  const PoolPolicy& policy() const { return policy_; }
  State state() const { return state_; }
  // Workers that have died, since the start. Any thread.
  uint64_t deaths() const { return pool_.workers_died(); }
  // Threads that hang and were left behind.
  int abandoned() const { return static_cast<int>(hung_.size()); }

 private:
  // A place for a worker: where it runs, and who is in it.
  struct Place final : public TimerNode {
    Place(PoolSupervisor& supervisor, Unit& unit, WorkSource& source)
        : supervisor(supervisor), unit(unit), source(source) {}
    ~Place() { Disarm(); }
    void OnTimer() override { supervisor.OnPauseOver(*this); }

    PoolSupervisor& supervisor;
    Unit& unit;
    WorkSource& source;
    ActorRef<Worker> worker;
    int restarts = 0;
    uint64_t before = 0;         // the number of the last worker that was in it
    std::string_view fate;       // and what became of that one: "died"
    bool leaving = false;        // its worker was asked to end
    bool retired = false;        // and nobody takes its place
    Nanos leave_until = kNever;  // then what it holds is cancelled
  };
  static constexpr Nanos kTick = 50 * kNanosPerMilli;
  static constexpr uint64_t kTicksPerScaling = Scaler::kPeriod / kTick;
  class Ticker final : public TimerNode {
   public:
    explicit Ticker(PoolSupervisor& supervisor) : supervisor_(supervisor) {}
    void OnTimer() override { supervisor_.OnTick(); }

   private:
    PoolSupervisor& supervisor_;
  };

  const char* name() const override { return "pool_supervisor"; }
  void OnMessage(Message&) override {}
  void OnDown(const caf::down_msg& down) override;
  void OnExit() override;

  // Places.
  void AddPlace();
  Executor& ExecutorForPlace();
  Place* PlaceOf(uint64_t worker_id);
  void Fill(Place& place);
  void FillAll();
  void OnPauseOver(Place& place);
  void Refill(Place& place);
  void AskToLeave(Place& place, std::string_view fate, bool retire = false);
  void Retire(Place& place);
  void OnGone(Place& place);
  void OnFailure(Place& place, const std::string& reason);
  void Fail(Nanos pause, const std::string& why);
  void Probe();
  void SetState(State state, std::string_view event, std::string why);
  void TellEvent(std::string_view event, std::string text,
                 telemetry::EventLog::Details details = {}) {
    events_.Add(control_.now(), event, std::move(text), details);
  }
  std::string WorkerName(uint64_t id) const;
  int size() const;  // places that are not to go
  bool Restarting() const;
  bool on_reactors() const { return pool_.spec().placement == Placement::kReactor; }

  // Ticks.
  void OnTick();
  void WatchWorkers(Nanos now);
  void OnHung(Place& place, const Worker::Activity& activity);
  void ReportHang(const Worker& worker, const Worker::Activity& activity, bool replaced);
  void Scale(Nanos now);
  void ScaleTo(int target);
  Place* LeastNeeded();
  void RecycleForMemory();
  double Random() { return absl::Uniform(random_, 0.0, 1.0); }

  Reactor& control_;
  Pool& pool_;
  const std::vector<Reactor*> reactors_;
  PoolPolicy policy_;
  // SHARED: one, with a thread for each place. DEDICATED: one of a single thread for each place;
  // one whose place is gone is kept without threads, for somebody may still hold the worker it ran.
  std::vector<std::unique_ptr<Executor>> executors_;
  std::vector<Executor*> spare_executors_;
  std::list<Place> places_;
  std::vector<ActorRef<Worker>> hung_;  // each ends when its turn does
  Ticker ticker_{*this};
  uint64_t ticks_ = 0;
  absl::InsecureBitGen random_;
  policy::RestartState restarts_;
  Scaler scaler_;
  HangWatch hang_watch_;
  PoolEvents events_;
  State state_ = State::kRunning;
  Nanos probe_at_ = kNever;  // while FAILED
  std::string state_reason_;
  absl::Time state_time_;
};

std::string_view StateName(PoolSupervisor::State state);

}  // namespace troupe
