// What actors run on: a reactor or an executor. CAF knows it as an execution unit; whatever CAF
// hands it that is not one of our tasks is forwarded to CAF's own scheduler, so that nothing
// foreign runs between socket and handler.
#pragma once

#include <atomic>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include "runtime/reactor/clock.h"
#include "runtime/reactor/inbox.h"

namespace troupe {

// An actor as its unit sees it. Every task is pinned to one unit for its whole life.
class UnitTask : public InboxNode {
 public:
  enum class Next : uint8_t { kWait, kAgain, kDone };

  // One bounded turn, on the unit's thread (on one of the executor's). kAgain: there is more to do.
  // Never throws.
  virtual Next RunTurn() = 0;
  // A strong reference, for as long as the task is in a queue that outlives the caller.
  virtual void Hold() = 0;
  virtual void LetGo() = 0;

  // Inbox: a task woken by another thread becomes ready on its reactor. The reference taken by Wake
  // ends here.
  void Deliver(Reactor& reactor) final;

 protected:
  ~UnitTask() = default;

 private:
  friend class Reactor;
  friend class Executor;
  enum class Queued : uint8_t { kNo, kYes, kRunning, kRunningAndWoken };

  // In the reactor's inbox. Woken by one thread while a message of its own made it run, a task may
  // be woken again before its node has been delivered.
  std::atomic<bool> in_inbox_{false};
  UnitTask* ready_next_ = nullptr;
  bool ready_ = false;   // in the reactor's queue of ready tasks; its thread only, like the next
  bool buried_ = false;  // dead: never made ready again
  // On an executor; under its lock.
  Queued queued_ = Queued::kNo;
  Nanos alarm_ = kNever;
};

class Unit : public caf::execution_unit {
 public:
  using caf::execution_unit::execution_unit;

  // True when the caller is on the one thread that runs all of this unit's tasks: then they may be
  // handed messages directly. Always false for an executor.
  virtual bool OnThread() const = 0;
  // Queues a turn of `task`; only when OnThread(). The task stays alive until then (see
  // Reactor::Bury).
  virtual void Ready(UnitTask& task) = 0;
  // Queues a turn of `task` from any thread, at most once until it has begun.
  virtual void Wake(UnitTask& task) = 0;
  // Wakes `task` once at or after `due`, and not when it was asked to before: a task has one alarm.
  // Executors only: on a reactor tasks use its timers.
  virtual void WakeAt(UnitTask& task, Nanos due) = 0;
  // Keeps a dead task's memory until nothing on this unit can point to it any more, then LetGo()s
  // it.
  virtual void Bury(UnitTask& task) = 0;

  void exec_later(caf::resumable* job) final;
};

}  // namespace troupe
