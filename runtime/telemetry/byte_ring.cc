#include "runtime/telemetry/byte_ring.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace troupe::telemetry {

ByteRing::ByteRing(size_t capacity_bytes)
    : mask_(std::bit_ceil(std::max<size_t>(capacity_bytes, 1)) - 1), bytes_(new char[mask_ + 1]) {}

bool ByteRing::Put(std::string_view bytes) {
  const size_t end = end_.load(std::memory_order_relaxed);
  if (end - begin_seen_ + bytes.size() > capacity()) {
    begin_seen_ = begin_.load(std::memory_order_acquire);
    if (end - begin_seen_ + bytes.size() > capacity()) return false;
  }
  const size_t at = end & mask_;
  const size_t first = std::min(bytes.size(), capacity() - at);
  std::memcpy(&bytes_[at], bytes.data(), first);
  std::memcpy(&bytes_[0], bytes.data() + first, bytes.size() - first);
  // Sequentially consistent, so that a producer which then asks whether the consumer sleeps and a
  // consumer which says so and then asks whether there is anything cannot both miss the other.
  end_.store(end + bytes.size());
  return true;
}

std::array<std::string_view, 2> ByteRing::Peek() const {
  const size_t begin = begin_.load(std::memory_order_relaxed);
  const size_t size = end_.load(std::memory_order_acquire) - begin;
  const size_t at = begin & mask_;
  const size_t first = std::min(size, capacity() - at);
  return {std::string_view(&bytes_[at], first), std::string_view(&bytes_[0], size - first)};
}

void ByteRing::Consume(size_t size) {
  begin_.store(begin_.load(std::memory_order_relaxed) + size, std::memory_order_release);
}

}  // namespace troupe::telemetry
