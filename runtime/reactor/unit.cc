#include "runtime/reactor/unit.h"

#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include "runtime/reactor/reactor.h"

namespace troupe {

void UnitTask::Deliver(Reactor& reactor) {
  in_inbox_.store(false, std::memory_order_release);  // what is sent from here on wakes it again
  // The queue of ready tasks holds no reference: a live task holds itself, a dead one does not get
  // there.
  if (!buried_) reactor.Ready(*this);
  LetGo();
}

void Unit::exec_later(caf::resumable* job) { system().scheduler().enqueue(job); }

}  // namespace troupe
