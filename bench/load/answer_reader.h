// Reads the answers of one connection as they arrive, in pieces of any size, and compares each with
// what was expected. Understands Content-Length, chunked and bodiless answers; an answer that ends
// with the connection is unreadable to it. Holds bytes only while a head or a chunk's line is
// incomplete. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bench/load/request.h"

namespace troupe::bench {

class AnswerReader {
 public:
  // Turns to the next answer. `expectation` must live until that answer is complete.
  void Start(const Expectation& expectation);

  // Consumes from the front of `data`; stops after the end of the answer.
  void Consume(std::string_view& data);

  bool complete() const { return state_ == State::kComplete; }
  // What follows on this connection cannot be understood. fault() says why.
  bool unreadable() const { return state_ == State::kUnreadable; }
  // A sentence; empty while the answer is as expected.
  const std::string& fault() const { return fault_; }
  // The server said that it closes the connection after this answer.
  bool closes() const { return closes_; }
  int status() const { return status_; }
  // Why there is an error, where its body says so as trouped's do: in the type of a problem
  // (RFC 9457), "about:blank#CAUSE". Else empty. Valid until the next Start.
  std::string_view cause() const;

 private:
  enum class State : uint8_t {
    kHead,
    kBody,
    kChunkLine,
    kChunk,
    kChunkEnd,
    kTrailers,
    kComplete,
    kUnreadable
  };

  // Everything up to and with `end`, once it is there; until then `data` is held. Valid until the
  // next call.
  std::optional<std::string_view> TakeThrough(std::string_view end, std::string_view& data);
  void ReadHead(std::string_view head);
  void ReadField(std::string_view name, std::string_view value);
  void ReadChunkLine(std::string_view line);
  void ReadBody(std::string_view& data);
  void Complete();
  void Unreadable(std::string why);
  void Fault(std::string why);

  const Expectation* expectation_ = nullptr;
  State state_ = State::kComplete;
  bool closes_ = false;
  bool chunked_ = false;
  bool release_held_ = false;
  std::optional<uint64_t> length_;
  uint64_t remaining_ = 0;    // of the body or of the chunk
  uint64_t body_offset_ = 0;  // of the body's bytes seen so far
  int status_ = 0;
  std::string held_;
  std::string error_;  // the first bytes of an error's body
  std::string fault_;
};

}  // namespace troupe::bench
