// The supervisor of the pools' supervisors: starts them in the order in which the configuration
// names the pools, stops them in its reverse, and puts a new one in the place of one that dies.
// What dies with its supervisor are its workers, which finish what they have begun; the other pools
// are not touched. After too many deaths a pool is FAILED until the next try.
//
// An actor on the control reactor, its thread only; Start, Stop, StopExecutors and End not on an
// actor's turn. It makes the PoolSupervisors and keeps those that have died as well, for threads
// may still run in their executors. Should it die itself, the pools go on without it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "runtime/actors/compile.h"
#include "runtime/actors/lean_actor.h"
#include "runtime/actors/pool_supervisor.h"
#include "runtime/policy/restart.h"
#include "runtime/reactor/reactor.h"

namespace troupe {

class RootSupervisor final : public LeanActor {
 public:
  // All outlive it; one supervisor for each pool, in their order, which tells `events`, unless it
  // is null, what happens in it.
  RootSupervisor(caf::actor_config& config, Reactor& control, const Pools& pools,
                 std::vector<Reactor*> reactors, telemetry::EventLog* events = nullptr);

  // Once the pools are attached. Throws std::system_error when the kernel
  // has no thread for a worker.
  void Start();
  // Lets all workers finish what they have begun and ends them; none is started any more.
  void Stop();
  // True when no worker is left, but for those that hang.
  bool stopped() const;
  // As PoolSupervisor's, within one time for all of them.
  bool StopExecutors(Nanos patience);
  // Ends the supervisors and itself, last.
  void End();

  // Of pool number `pool`; the last one while it is dead. After Start.
  PoolSupervisor& supervisor(size_t pool) const { return *children_[pool]->supervisor; }
  size_t started() const { return started_; }

 private:
  // A pool and who supervises it.
  struct Child final : public TimerNode {
    Child(RootSupervisor& root, Pool& pool) : root(root), pool(pool) {}
    ~Child() { Disarm(); }
    void OnTimer() override { root.OnPauseOver(*this); }

    RootSupervisor& root;
    Pool& pool;
    ActorRef<PoolSupervisor> supervisor;
    policy::RestartState restarts{policy::RestartPolicy()};
  };

  const char* name() const override { return "root_supervisor"; }
  void OnMessage(Message&) override {}
  void OnDown(const caf::down_msg& down) override;
  void OnExit() override;
  ActorRef<PoolSupervisor> StartSupervisor(Pool& pool);
  void OnPauseOver(Child& child);
  void OnFailure(Child& child, const std::string& what);

  Reactor& control_;
  const std::vector<Reactor*> reactors_;
  telemetry::EventLog* const events_;
  std::vector<std::unique_ptr<Child>> children_;  // in the order of the pools
  size_t started_ = 0;                            // of them
  std::vector<ActorRef<PoolSupervisor>> former_;
  absl::InsecureBitGen random_;
  bool stopping_ = false;
};

}  // namespace troupe
