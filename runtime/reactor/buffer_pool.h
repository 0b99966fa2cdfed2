// Read and write buffers of a reactor, borrowed and given back many times a second: three sizes,
// each a last-in first-out list, so that the buffer used next is the one still in the cache. One
// pool per reactor, its thread only.
//
// A buffer is counted: a connection that reads into it and every exchange whose head lies in it
// hold it. The count is plain; exchanges come home before they let go.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace troupe {

class BufferPool;

struct Buffer {
  BufferPool* pool;
  Buffer* next_free;
  uint32_t capacity;
  uint32_t filled;  // bytes written so far; bytes before it never change while the buffer is shared
  uint32_t references;
  uint32_t size_class;

  char* data() { return reinterpret_cast<char*>(this + 1); }
  std::string_view bytes() { return {data(), filled}; }
  char* free_begin() { return data() + filled; }
  size_t free_size() const { return capacity - filled; }
};

// A counted reference; null when empty.
class BufferRef {
 public:
  BufferRef() = default;
  explicit BufferRef(Buffer* buffer) : buffer_(buffer) {}  // takes over one count
  BufferRef(const BufferRef& other) : buffer_(other.buffer_) {
    if (buffer_ != nullptr) ++buffer_->references;
  }
  BufferRef(BufferRef&& other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}
  BufferRef& operator=(BufferRef other) noexcept {
    std::swap(buffer_, other.buffer_);
    return *this;
  }
  ~BufferRef() { Reset(); }

  inline void Reset();
  Buffer* get() const { return buffer_; }
  Buffer* operator->() const { return buffer_; }
  explicit operator bool() const { return buffer_ != nullptr; }

 private:
  Buffer* buffer_ = nullptr;
};

class BufferPool {
 public:
  // Sizes of whole allocations are powers of two with the header inside.
  static constexpr std::array<uint32_t, 3> kCapacities = {
      4096 - sizeof(Buffer), 16384 - sizeof(Buffer), 65536 + 1024 - sizeof(Buffer)};

  // Keeps up to `keep_bytes_max` of free buffers; what comes back beyond that is freed.
  explicit BufferPool(size_t keep_bytes_max) : keep_bytes_max_(keep_bytes_max) {}
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool();

  // An empty buffer of at least `capacity` bytes. One beyond the largest size is not pooled.
  BufferRef Borrow(size_t capacity);
  size_t borrowed() const { return borrowed_; }

 private:
  friend class BufferRef;
  void Return(Buffer* buffer);

  static constexpr uint32_t kUnpooled = kCapacities.size();

  std::array<Buffer*, kCapacities.size()> free_{};
  size_t keep_bytes_max_;
  size_t kept_bytes_ = 0;
  size_t borrowed_ = 0;
};

void BufferRef::Reset() {
  if (buffer_ == nullptr) return;
  if (--buffer_->references == 0) buffer_->pool->Return(buffer_);
  buffer_ = nullptr;
}

}  // namespace troupe
