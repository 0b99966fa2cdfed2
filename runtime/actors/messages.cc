#include "runtime/actors/messages.h"

#include <caf/message.hpp>

namespace troupe {
namespace {

// Never destroyed, so that looking at it needs no guard.
union NoContent {
  constexpr NoContent() : message() {}
  ~NoContent() {}
  caf::message message;
};

// The content of every message of ours; its address is what tells them from CAF's.
constinit NoContent no_content;

// Messages waiting for reuse on this thread, linked by the mailbox's own link.
template <class M>
class Spares {
 public:
  ~Spares() {
    while (head_ != nullptr) delete Take();
  }
  M* Take() {
    if (head_ == nullptr) return nullptr;
    M* message = head_;
    head_ = static_cast<M*>(static_cast<caf::mailbox_element*>(message->next));
    --size_;
    return message;
  }
  bool Put(M* message) {
    if (size_ >= kMax) return false;
    message->next = head_;
    head_ = message;
    ++size_;
    return true;
  }
  static Spares& Here() {
    thread_local Spares spares;
    return spares;
  }

 private:
  static constexpr int kMax = 256;
  M* head_ = nullptr;
  int size_ = 0;
};

template <class M>
void Recycle(const M* message) {
  M* spare = const_cast<M*>(message);
  spare->exchanges.Clear();
  if (!Spares<M>::Here().Put(spare)) delete spare;
}

}  // namespace

Message* Message::From(caf::mailbox_element& element) {
  return &element.content() == &no_content.message ? static_cast<Message*>(&element) : nullptr;
}

caf::type_erased_tuple& Message::content() { return no_content.message; }
const caf::type_erased_tuple& Message::content() const { return no_content.message; }

caf::message Message::move_content_to_message() { return {}; }

caf::message Message::copy_content_to_message() const { return {}; }

Work* Work::Make() {
  Work* spare = Spares<Work>::Here().Take();
  return spare != nullptr ? spare : new Work;
}

void Work::request_deletion(bool) const noexcept { Recycle(this); }

Done* Done::Make() {
  Done* spare = Spares<Done>::Here().Take();
  return spare != nullptr ? spare : new Done;
}

void Done::request_deletion(bool) const noexcept { Recycle(this); }

}  // namespace troupe
