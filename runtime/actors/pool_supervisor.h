// Starts the workers of one pool, watches them, and starts a new one for each that dies, after a
// pause that doubles with each death and returns to its minimum once a worker has lived long
// enough. Its siblings are not touched.
//
// An actor on the control reactor, its thread only. User code never runs here.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/random/random.h"
#include "runtime/actors/lean_actor.h"
#include "runtime/actors/pool.h"
#include "runtime/actors/worker.h"
#include "runtime/reactor/executor.h"
#include "runtime/reactor/reactor.h"

namespace troupe {

class PoolSupervisor final : public LeanActor {
 public:
  PoolSupervisor(caf::actor_config& config, Reactor& control, Pool& pool,
                 const std::vector<Reactor*>& reactors);

  void Start();
  // Lets the workers finish what they have begun and ends them; none is started any more.
  void Stop();
  // Ends the supervisor itself, last.
  void End();
  // True when no worker is left.
  bool stopped() const;
  // Ends the executors' threads. After stopped(), or when patience is over: false when a thread had
  // to be left behind. Not on an actor's turn.
  bool StopExecutors(Nanos patience);

  // Workers that have died since the start.
  uint64_t deaths() const { return deaths_; }

 private:
  // A place for a worker: where it runs, and who is in it.
  class Place final : public TimerNode {
   public:
    Place(PoolSupervisor& supervisor, Unit& unit, WorkSource& source)
        : supervisor(supervisor), unit(unit), source(source) {}
    void OnTimer() override { supervisor.Fill(*this); }

    PoolSupervisor& supervisor;
    Unit& unit;
    WorkSource& source;
    ActorRef<Worker> worker;
    Nanos started_at = 0;
    Nanos backoff = 0;
  };

  const char* name() const override { return "pool_supervisor"; }
  void OnMessage(Message&) override {}
  void OnDown(const caf::down_msg& down) override;
  void OnExit() override;
  void Fill(Place& place);
  Nanos NextBackoff(Place& place);

  Reactor& control_;
  Pool& pool_;
  std::vector<std::unique_ptr<Executor>> executors_;
  std::vector<std::unique_ptr<Place>> places_;
  absl::InsecureBitGen random_;
  uint64_t deaths_ = 0;
  bool stopping_ = false;
};

}  // namespace troupe
