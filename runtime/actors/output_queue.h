// What a connection has to send: small pieces gathered in pooled buffers, large bodies as they are,
// without a copy. Holds no memory while it is empty. The reactor's thread only.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "runtime/reactor/buffer_pool.h"

namespace troupe {

class OutputQueue {
 public:
  enum class Result : uint8_t { kAll, kBlocked, kError };

  explicit OutputQueue(BufferPool& buffers) : buffers_(buffers) {}

  // `size` bytes of room in one piece; at most 64 KiB. Write there, then Commit what was written.
  char* Reserve(size_t size) {
    return tail_ != nullptr && tail_->free_size() >= size ? tail_->free_begin() : AddBuffer(size);
  }
  void Commit(size_t size) {
    tail_->filled += static_cast<uint32_t>(size);
    appended_ += size;
  }
  void Append(std::string_view bytes) {
    std::memcpy(Reserve(bytes.size()), bytes.data(), bytes.size());
    Commit(bytes.size());
  }
  // Copies a small body, takes over a large one.
  void AppendBody(std::string&& body) {
    if (body.size() > kCopiedBodyMax) {
      AddBody(std::move(body));
    } else if (!body.empty()) {
      Append(body);
    }
  }

  // Sends as much as the socket takes. `closing` says that nothing follows, and that the caller
  // shuts the sending side down as soon as all is taken: the last bytes go with that, in one
  // packet.
  Result WriteTo(int fd, bool closing);

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

  // Beyond it a copy costs more than a segment of its own.
  static constexpr size_t kCopiedBodyMax = 8 << 10;

  char* AddBuffer(size_t size);
  void AddBody(std::string&& body);
  void Consume(size_t size);
  void DropSegments();

  BufferPool& buffers_;
  uint64_t appended_ = 0;
  uint64_t sent_ = 0;
  Buffer* tail_ = nullptr;  // the last segment's, if it has one
  absl::InlinedVector<Segment, 1> segments_;
};

}  // namespace troupe
