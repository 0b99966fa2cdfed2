// Threads that run actors which may block or burn time: n threads, one locked queue. SHARED pools
// have one executor with n threads, DEDICATED pools one of a single thread for each worker.
//
// Threads: all methods from any thread, but AddThread, Abandon, Stop and the destructor only from
// the thread that made it. A task runs on one thread at a time. Stop waits until the running turns
// have ended. A thread that hangs can be left behind: it ends by itself when its turn does, which
// may be after the executor (hence the shared state inside).
#pragma once

#include <memory>
#include <string>

#include "runtime/reactor/clock.h"
#include "runtime/reactor/unit.h"

namespace troupe {

class Executor final : public Unit {
 public:
  Executor(caf::actor_system& system, const std::string& name, int threads);
  ~Executor() override;

  bool OnThread() const override { return false; }
  void Ready(UnitTask& task) override { Wake(task); }
  void Wake(UnitTask& task) override;
  void WakeAt(UnitTask& task, Nanos due) override;
  void Bury(UnitTask& task) override { task.LetGo(); }  // the thread holds the task while it runs

  // One thread more. Throws std::system_error when the kernel has none.
  void AddThread();
  // One thread less, as soon as one is free.
  void RemoveThread();
  // Leaves the thread behind that runs `task`, and starts another in its place. False when no
  // thread runs it any more. Throws as AddThread, and then nothing has changed.
  bool Abandon(UnitTask& task);
  // Threads left behind whose turn has not ended yet.
  int abandoned() const;

  // Lets the running turns end, drops what is queued, joins the threads. False when a turn has not
  // ended after `patience`: then its thread is left behind, still running.
  bool Stop(Nanos patience = 5 * kNanosPerSecond);

 private:
  struct State;
  struct Thread;
  void Launch();

  const std::string name_;
  std::shared_ptr<State> state_;
};

}  // namespace troupe
