// What a connection has to send: small pieces gathered in pooled buffers, large bodies as they are,
// without a copy. Holds no memory while it is empty. The reactor's thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "runtime/reactor/buffer_pool.h"

namespace troupe {

class OutputQueue {
 public:
  enum class Result : uint8_t { kAll, kBlocked, kError };

  explicit OutputQueue(BufferPool& buffers) : buffers_(buffers) {}

  // `size` bytes of room in one piece; at most 64 KiB. Write there, then Commit what was written.
  char* Reserve(size_t size);
  void Commit(size_t size);
  void Append(std::string_view bytes);
  // Copies a small body, takes over a large one.
  void AppendBody(std::string&& body);

  // Sends as much as the socket takes.
  Result WriteTo(int fd);

  // Drops what is unsent.
  void Clear();

  bool empty() const { return appended_ == sent_; }
  uint64_t unsent() const { return appended_ - sent_; }
  // Positions in the connection's output stream, since it was opened.
  uint64_t appended() const { return appended_; }
  uint64_t sent() const { return sent_; }

 private:
  struct Segment {
    BufferRef buffer;
    std::string body;  // when there is no buffer
    size_t sent = 0;

    std::string_view rest() const {
      std::string_view all = buffer ? buffer->bytes() : std::string_view(body);
      return all.substr(sent);
    }
  };

  void Consume(size_t size);

  BufferPool& buffers_;
  uint64_t appended_ = 0;
  uint64_t sent_ = 0;
  absl::InlinedVector<Segment, 1> segments_;
};

}  // namespace troupe
