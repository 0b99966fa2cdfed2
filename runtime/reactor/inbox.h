// What other threads hand to a reactor: an intrusive stack of nodes. Pushing allocates nothing,
// takes no lock and cannot fail, so it is safe from destructors. Many producers, one consumer.
#pragma once

#include <atomic>

namespace troupe {

class Reactor;

// A node is in at most one inbox at a time, and at most once.
class InboxNode {
 public:
  // Called on the reactor's thread, once for each push, in the order of pushing by one thread.
  virtual void Deliver(Reactor& reactor) = 0;

 protected:
  ~InboxNode() = default;

 private:
  friend class Inbox;
  InboxNode* inbox_next_ = nullptr;
};

class Inbox {
 public:
  // Any thread. True when the consumer may be asleep and must be woken; only one of several
  // producers is told so.
  bool Push(InboxNode* node) {
    InboxNode* head = head_.load(std::memory_order_relaxed);
    do {
      node->inbox_next_ = head;
    } while (!head_.compare_exchange_weak(head, node, std::memory_order_seq_cst,
                                          std::memory_order_relaxed));
    return asleep_.load(std::memory_order_seq_cst) &&
           asleep_.exchange(false, std::memory_order_seq_cst);
  }

  // Consumer only, as all below.
  bool empty() const { return head_.load(std::memory_order_relaxed) == nullptr; }

  // Announces sleep. False when something has come in meanwhile: do not sleep.
  bool PrepareSleep() {
    asleep_.store(true, std::memory_order_seq_cst);
    if (head_.load(std::memory_order_seq_cst) == nullptr) return true;
    asleep_.store(false, std::memory_order_relaxed);
    return false;
  }
  void Awake() { asleep_.store(false, std::memory_order_relaxed); }

  // Delivers what is in the inbox now, oldest first.
  void DeliverAll(Reactor& reactor) {
    InboxNode* node = Reverse(head_.exchange(nullptr, std::memory_order_acquire));
    while (node != nullptr) {
      InboxNode* next = node->inbox_next_;  // Deliver may free the node or let it be pushed again
      node->Deliver(reactor);
      node = next;
    }
  }

 private:
  static InboxNode* Reverse(InboxNode* node) {
    InboxNode* previous = nullptr;
    while (node != nullptr) {
      InboxNode* next = node->inbox_next_;
      node->inbox_next_ = previous;
      previous = node;
      node = next;
    }
    return previous;
  }

  std::atomic<InboxNode*> head_{nullptr};
  std::atomic<bool> asleep_{false};
};

}  // namespace troupe
