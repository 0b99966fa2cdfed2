// The base of every actor here: a CAF actor, pinned to one unit for life, without what CAF's
// event-based actors carry for pattern matching (about 800 bytes and 100 ns a message).
//
// It is addressed, monitored, linked and ended like any CAF actor. What differs: messages of our
// own types (messages.h) are dispatched by one virtual call; a message sent on the actor's own
// reactor goes through a plain list, without an atomic operation; everything an actor does is a
// turn, and only a turn's end cleans up (so Quit works from timers and descriptors too).
//
// Threads: enqueue from anywhere. All else on the actor's turns. While it lives an actor holds a
// reference to itself; it dies by Quit, an exit message or an exception, and its unit frees it once
// nothing can point to it.
#pragma once

#include <atomic>
#include <caf/actor_cast.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/intrusive/lifo_inbox.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/resumable.hpp>
#include <caf/system_messages.hpp>
#include <cstdint>
#include <string>
#include <utility>

#include "runtime/actors/messages.h"
#include "runtime/reactor/unit.h"

namespace troupe {

static_assert(CAF_VERSION / 100 == 17,
              "LeanActor relies on CAF 0.17's monitorable_actor and lifo_inbox.");

// A counted reference to an actor of a known class; null when empty. Copying it costs an atomic
// operation.
template <class A>
class ActorRef {
 public:
  ActorRef() = default;
  explicit ActorRef(caf::strong_actor_ptr pointer) : pointer_(std::move(pointer)) {}
  explicit ActorRef(A& actor) : pointer_(actor.ctrl()) {}

  A* get() const { return pointer_ ? static_cast<A*>(pointer_->get()) : nullptr; }
  A* operator->() const { return get(); }
  A& operator*() const { return *get(); }
  explicit operator bool() const { return pointer_ != nullptr; }
  const caf::strong_actor_ptr& pointer() const { return pointer_; }

 private:
  caf::strong_actor_ptr pointer_;
};

// In a catch block: the text of what is being handled, and the name of its type.
std::string WhatIsThrown();
std::string TypeOfThrown();

class LeanActor : public caf::monitorable_actor, public UnitTask {
 public:
  using caf::monitorable_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* sender) final;

  Next RunTurn() final;
  void Hold() final { caf::intrusive_ptr_add_ref(ctrl()); }
  void LetGo() final { caf::intrusive_ptr_release(ctrl()); }

  Unit& unit() const { return unit_; }
  bool alive() const { return !terminated_; }
  // Actors of this process whose memory is not freed yet, dead or alive. Any thread.
  static int64_t count() { return count_.load(std::memory_order_relaxed); }

  // Creates an actor of class A, which takes a caf::actor_config& first. Hidden from CAF's
  // registry. The caller is on the unit's thread, or the unit does not run yet, or (for executors)
  // it is anywhere.
  template <class A, class... Args>
  static ActorRef<A> Spawn(Unit& unit, Args&&... args) {
    caf::actor_system& system = unit.system();
    caf::actor_config config{&unit};
    config.add_flag(caf::abstract_channel::is_hidden_flag);
    auto pointer = caf::make_actor<A, caf::strong_actor_ptr>(
        system.next_actor_id(), system.node(), &system, config, std::forward<Args>(args)...);
    ActorRef<A> actor(pointer);
    actor->self_ = std::move(pointer);
    return actor;
  }

  // Ends it at its next turn; from any thread.
  void SendExit();
  // Makes this actor send a down message to `watcher` when it dies; from any thread.
  void MonitorBy(LeanActor& watcher);

 protected:
  LeanActor(caf::actor_config& config, Unit& unit);
  ~LeanActor() override { count_.fetch_sub(1, std::memory_order_relaxed); }

  // A message of our own. Takes what it needs out of it.
  virtual void OnMessage(Message& message) = 0;
  // One of the monitored actors has died.
  virtual void OnDown(const caf::down_msg&) {}
  // Called before each round of messages and after it, e.g. to advance timers and to send what was
  // collected.
  virtual void OnTurnBegin() {}
  virtual void OnTurnEnd() {}
  // The actor's last turn: release what must not die elsewhere.
  virtual void OnExit() {}

  // Ends the actor at the end of this turn.
  void Quit(caf::error reason = caf::exit_reason::normal);
  bool quitting() const { return quitting_; }

  // Runs `function` as a turn of its own: for timers and descriptors on a reactor. What it throws
  // ends the actor.
  template <class F>
  void Turn(F&& function) {
    if (terminated_) return;
    try {
      function();
    } catch (...) {
      Fail();
    }
    FinishTurn();
  }

 private:
  struct InboxPolicy {
    using mapped_type = caf::mailbox_element;
    using unique_pointer = caf::mailbox_element_ptr;
  };

  const char* name() const override { return "lean_actor"; }
  void Dispatch(caf::mailbox_element& element);
  bool TakeLocal();
  bool TakeRemote();
  void Fail();
  void FinishTurn();
  void Terminate();

  inline static std::atomic<int64_t> count_{0};

  Unit& unit_;
  caf::strong_actor_ptr self_;
  caf::mailbox_element* local_head_ = nullptr;
  caf::mailbox_element* local_tail_ = nullptr;
  caf::intrusive::lifo_inbox<InboxPolicy>
      inbox_;  // from other threads; "blocked" while there is nothing
  caf::error reason_;
  bool quitting_ = false;
  bool terminated_ = false;
};

}  // namespace troupe
