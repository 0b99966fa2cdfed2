// Counts durations with a relative error below 1 % over the whole range of 64 bits, in constant
// memory and time (the layout of HdrHistogram: 128 buckets for each power of two). Not thread-safe.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe::bench {

class Histogram {
 public:
  // Negative values count as 0.
  void Record(int64_t value) {
    value = value < 0 ? 0 : value;
    ++buckets_[IndexOf(static_cast<uint64_t>(value))];
    ++count_;
    max_ = value > max_ ? value : max_;
  }

  // The value that `percent` of all values do not exceed; 0 when there are none.
  int64_t Percentile(double percent) const {
    const auto rank = static_cast<uint64_t>(std::ceil(percent / 100 * static_cast<double>(count_)));
    uint64_t seen = 0;
    for (size_t i = 0; i < buckets_.size() && count_ > 0; ++i) {
      seen += buckets_[i];
      if (seen >= rank && seen > 0) return LargestIn(i) < max_ ? LargestIn(i) : max_;
    }
    return 0;
  }

  uint64_t count() const { return count_; }
  int64_t max() const { return max_; }

 private:
  static constexpr int kBits = 7;
  static constexpr uint64_t kPerOctave = uint64_t{1} << kBits;

  // Values below 128 have a bucket each; above, a bucket holds 2^shift values.
  static size_t IndexOf(uint64_t value) {
    if (value < kPerOctave) return value;
    const int shift = std::bit_width(value) - kBits - 1;
    return static_cast<size_t>(shift) * kPerOctave + (value >> shift);
  }
  static int64_t LargestIn(size_t index) {
    if (index < kPerOctave) return static_cast<int64_t>(index);
    const auto shift = index / kPerOctave - 1;
    const uint64_t first = (index - shift * kPerOctave) << shift;
    return static_cast<int64_t>(first + (uint64_t{1} << shift) - 1);
  }

  std::vector<uint64_t> buckets_ = std::vector<uint64_t>((64 - kBits) * kPerOctave);
  uint64_t count_ = 0;
  int64_t max_ = 0;
};

}  // namespace troupe::bench
