// Cuts fuzzed bytes into the pieces in which a connection might deliver them. Single-threaded.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace troupe::fuzz {

// The sizes of pieces, from a few bytes of the input itself; when those are used up, they begin
// anew.
class SegmentSizes {
 public:
  explicit SegmentSizes(std::string_view seed) : seed_(seed) {}
  // 1 to `most`, which is at least 1.
  size_t Next(size_t most) {
    if (seed_.empty()) return most;
    const size_t size = static_cast<uint8_t>(seed_[next_++ % seed_.size()]) % 32 + 1;
    return std::min(size, most);
  }

 private:
  std::string_view seed_;
  size_t next_ = 0;
};

// The first `size` bytes as seed, the rest as data.
struct SeedAndData {
  SeedAndData(const uint8_t* bytes, size_t size, size_t seed_size) {
    const std::string_view all(reinterpret_cast<const char*>(bytes), size);
    seed = all.substr(0, seed_size);
    data = all.substr(seed.size());
  }
  std::string_view seed;
  std::string_view data;
};

// A copy in memory of its own, so that the address sanitizer sees what is read outside of it.
class ExactCopy {
 public:
  explicit ExactCopy(std::string_view bytes)
      : bytes_(std::make_unique<char[]>(bytes.size())), size_(bytes.size()) {
    bytes.copy(bytes_.get(), size_);
  }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_;
};

// Stops with a report when what has to hold does not.
inline void Require(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace troupe::fuzz
