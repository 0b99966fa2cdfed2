// What travels between connections and workers: mailbox elements of our own, move-only, never
// copied, recycled per thread. A message that is not delivered sends its exchanges home when it is
// disposed of.
//
// Anything else (exit, down, a stranger's message) arrives as CAF's own elements.
#pragma once

#include <caf/mailbox_element.hpp>
#include <cstdint>
#include <memory>

#include "runtime/reactor/exchange.h"

namespace troupe {

class Message : public caf::mailbox_element {
 public:
  enum class Kind : uint8_t { kWork, kDone, kCancel, kWorkerControl };

  Kind kind() const { return kind_; }

  // `element` as one of ours; null when it is CAF's.
  static Message* From(caf::mailbox_element& element);

  // CAF's view of the content: empty. Ours is never copied.
  caf::type_erased_tuple& content() final;
  const caf::type_erased_tuple& content() const final;
  caf::message move_content_to_message() final;
  caf::message copy_content_to_message() const final;

 protected:
  explicit Message(Kind kind) : kind_(kind) {}

 private:
  const Kind kind_;
};

// Requests of one read for one worker: no more than the worker has free slots.
class Work final : public Message {
 public:
  ExchangeList exchanges;
  static Work* Make();  // recycled; owned by the caller until it is enqueued
  void request_deletion(bool) const noexcept override;

 private:
  Work() : Message(Kind::kWork) {}
};

// Requests of one connection that their worker has finished in one turn.
class Done final : public Message {
 public:
  ExchangeList exchanges;
  static Done* Make();
  void request_deletion(bool) const noexcept override;

 private:
  Done() : Message(Kind::kDone) {}
};

// Nobody waits for this exchange any more. The worker may have finished it already: it compares the
// id with what it has in hand before it touches anything.
class Cancel final : public Message {
 public:
  Cancel(const Exchange* exchange, uint64_t id)
      : Message(Kind::kCancel), exchange(exchange), id(id) {}
  const Exchange* const exchange;
  const uint64_t id;
};

// From its supervisor.
class WorkerControl final : public Message {
 public:
  enum class Command : uint8_t { kStart, kDrain, kCancelAll };
  explicit WorkerControl(Command command) : Message(Kind::kWorkerControl), command(command) {}
  const Command command;
};

}  // namespace troupe
