#include "runtime/actors/lean_actor.h"

#include <cxxabi.h>

#include <caf/default_attachable.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/sec.hpp>
#include <cstdlib>
#include <exception>
#include <memory>
#include <typeinfo>

namespace troupe {
namespace {

// Messages of one turn; more wait for the next, so that no actor keeps others from their
// descriptors.
constexpr int kMessagesPerTurn = 64;

// What was in the inbox, which hands it out newest first, in the order of arrival.
class Arrivals {
 public:
  explicit Arrivals(caf::mailbox_element* newest) {
    while (newest != nullptr) {
      auto* older = static_cast<caf::mailbox_element*>(newest->next);
      newest->next = oldest_;
      oldest_ = newest;
      newest = older;
    }
  }
  ~Arrivals() {
    while (Next()) {
    }
  }
  caf::mailbox_element_ptr Next() {
    caf::mailbox_element_ptr element(oldest_);
    if (oldest_ != nullptr) oldest_ = static_cast<caf::mailbox_element*>(oldest_->next);
    return element;
  }

 private:
  caf::mailbox_element* oldest_ = nullptr;
};

}  // namespace

std::string WhatIsThrown() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

std::string TypeOfThrown() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return "unknown";
  int status = 0;
  std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : type->name();
}

LeanActor::LeanActor(caf::actor_config& config, Unit& unit)
    : caf::monitorable_actor(config), unit_(unit) {
  count_.fetch_add(1, std::memory_order_relaxed);
  inbox_.try_block();
}

void LeanActor::enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) {
  if (unit_.OnThread()) {
    if (terminated_) {
      bounce(element);
      return;
    }
    caf::mailbox_element* raw = element.release();
    raw->next = nullptr;
    if (local_tail_ == nullptr) {
      local_head_ = raw;
    } else {
      local_tail_->next = raw;
    }
    local_tail_ = raw;
    unit_.Ready(*this);
    return;
  }
  // The element may be gone once it is in the inbox, and a closed inbox disposes of it: whoever
  // asked something is remembered before.
  caf::message_id question = element->mid;
  caf::strong_actor_ptr asker = question.is_request() ? element->sender : nullptr;
  switch (inbox_.push_front(element.release())) {
    case caf::intrusive::inbox_result::unblocked_reader:
      unit_.Wake(*this);
      break;
    case caf::intrusive::inbox_result::queue_closed:
      if (asker) caf::detail::sync_request_bouncer{caf::exit_reason::unreachable}(asker, question);
      break;
    case caf::intrusive::inbox_result::success:
      break;
  }
}

UnitTask::Next LeanActor::RunTurn() {
  if (terminated_) return Next::kDone;
  bool more = false;
  try {
    OnTurnBegin();
    bool local = TakeLocal();
    bool remote = !inbox_.blocked() && TakeRemote();
    more = local || remote;
    OnTurnEnd();
  } catch (...) {
    Fail();
  }
  FinishTurn();
  if (terminated_) return Next::kDone;
  return more ? Next::kAgain : Next::kWait;
}

// True when messages are left for the next turn.
bool LeanActor::TakeLocal() {
  for (int i = 0; i < kMessagesPerTurn && local_head_ != nullptr && !quitting_; ++i) {
    caf::mailbox_element_ptr element(local_head_);
    local_head_ = static_cast<caf::mailbox_element*>(local_head_->next);
    if (local_head_ == nullptr) local_tail_ = nullptr;
    Dispatch(*element);
  }
  return local_head_ != nullptr;
}

// The same for what other threads sent. Precondition: there is something.
bool LeanActor::TakeRemote() {
  if (quitting_) return false;
  // All at once, for what is taken cannot be put back. Disposes of what is left when a message ends
  // the actor.
  Arrivals arrivals(inbox_.take_head());
  while (caf::mailbox_element_ptr element = arrivals.Next()) {
    Dispatch(*element);
    if (quitting_) return false;
  }
  return !inbox_.try_block();
}

void LeanActor::Dispatch(caf::mailbox_element& element) {
  if (Message* message = Message::From(element)) {
    OnMessage(*message);
    return;
  }
  const caf::type_erased_tuple& content = element.content();
  if (content.match_elements<caf::exit_msg>()) {
    Quit(content.get_as<caf::exit_msg>(0).reason);
  } else if (content.match_elements<caf::down_msg>()) {
    OnDown(content.get_as<caf::down_msg>(0));
  } else if (element.mid.is_request()) {
    // A stranger asks something that is not understood: an error is better than silence.
    caf::mailbox_element_ptr copy =
        caf::make_mailbox_element(element.sender, element.mid, {}, caf::message{});
    bounce(copy, caf::sec::unexpected_message);
  }
}

void LeanActor::SendExit() {
  enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                    caf::exit_msg{address(), caf::exit_reason::kill}),
          nullptr);
}

void LeanActor::MonitorBy(LeanActor& watcher) {
  attach(caf::default_attachable::make_monitor(address(), watcher.address()));
}

void LeanActor::Quit(caf::error reason) {
  if (quitting_) return;
  quitting_ = true;
  reason_ = std::move(reason);
}

void LeanActor::Fail() {
  Quit(caf::error(static_cast<uint8_t>(caf::exit_reason::unhandled_exception), caf::atom("exit"),
                  caf::make_message(WhatIsThrown())));
}

void LeanActor::FinishTurn() {
  if (quitting_ && !terminated_) Terminate();
}

void LeanActor::Terminate() {
  try {
    OnExit();
  } catch (...) {
    // It is ending already; the reason it had stays.
  }
  terminated_ = true;
  while (local_head_ != nullptr) {
    caf::mailbox_element_ptr element(local_head_);
    local_head_ = static_cast<caf::mailbox_element*>(local_head_->next);
    if (element->mid.is_request()) bounce(element);
  }
  local_tail_ = nullptr;
  auto dispose = [this](caf::mailbox_element* raw) {
    caf::mailbox_element_ptr element(raw);
    if (element->mid.is_request()) bounce(element);
  };
  inbox_.close(dispose);
  cleanup(std::move(reason_), &unit_);
  // From here on the unit holds what was this actor's reference to itself.
  self_.release();
  unit_.Bury(*this);
}

}  // namespace troupe
