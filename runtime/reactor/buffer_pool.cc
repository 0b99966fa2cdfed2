#include "runtime/reactor/buffer_pool.h"

#include <new>

namespace troupe {

BufferPool::~BufferPool() {
  for (Buffer* buffer : free_) {
    while (buffer != nullptr) ::operator delete(std::exchange(buffer, buffer->next_free));
  }
}

BufferRef BufferPool::Borrow(size_t capacity) {
  uint32_t size_class = 0;
  while (size_class < kUnpooled && kCapacities[size_class] < capacity) ++size_class;
  Buffer* buffer = size_class < kUnpooled ? free_[size_class] : nullptr;
  if (buffer != nullptr) {
    free_[size_class] = buffer->next_free;
    kept_bytes_ -= buffer->capacity;
  } else {
    auto size = static_cast<uint32_t>(size_class < kUnpooled ? kCapacities[size_class] : capacity);
    buffer = static_cast<Buffer*>(::operator new(sizeof(Buffer) + size));
    buffer->pool = this;
    buffer->capacity = size;
    buffer->size_class = size_class;
  }
  buffer->filled = 0;
  buffer->references = 1;
  ++borrowed_;
  return BufferRef(buffer);
}

void BufferPool::Return(Buffer* buffer) {
  --borrowed_;
  if (buffer->size_class == kUnpooled || kept_bytes_ + buffer->capacity > keep_bytes_max_) {
    ::operator delete(buffer);
    return;
  }
  buffer->next_free = free_[buffer->size_class];
  free_[buffer->size_class] = buffer;
  kept_bytes_ += buffer->capacity;
}

}  // namespace troupe
