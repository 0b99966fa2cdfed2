// A byte queue of fixed size from one thread to another that never blocks either: all of what is
// put in fits, or none is taken. One producer thread, one consumer thread; the object outlives
// both.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

namespace troupe::telemetry {

class ByteRing {
 public:
  // `capacity_bytes` is rounded up to a power of two.
  explicit ByteRing(size_t capacity_bytes);

  size_t capacity() const { return mask_ + 1; }

  // Producer: false when there is no room for all of `bytes`.
  bool Put(std::string_view bytes);
  // Producer: bytes in the ring by its last look at the consumer, so never too few.
  size_t used() const { return end_.load(std::memory_order_relaxed) - begin_seen_; }

  // Consumer: what is in the ring, in two pieces for the one that wraps around; valid until
  // Consume.
  std::array<std::string_view, 2> Peek() const;
  // Consumer: forgets the first `size` bytes.
  void Consume(size_t size);
  bool empty() const { return end_.load() == begin_.load(std::memory_order_relaxed); }

 private:
  // Positions only grow; a byte's place is its position modulo the capacity.
  const size_t mask_;
  const std::unique_ptr<char[]> bytes_;

  alignas(64) std::atomic<size_t> end_{0};  // written by the producer
  size_t begin_seen_ = 0;                   // the producer's copy of begin_, at or behind it

  alignas(64) std::atomic<size_t> begin_{0};  // written by the consumer
};

}  // namespace troupe::telemetry
