#include "runtime/http/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace troupe::http {
namespace {

template <ByteClass kClass>
inline const char* SkipPlain(const char* begin, const char* end) {
  while (begin != end && IsOfClass(*begin, kClass)) ++begin;
  return begin;
}

#if defined(__x86_64__)

// Splits a byte into its upper and its lower half, and looks both up. A byte is of the class when
// the two results have a bit in common: the bit of its upper half, which stands in `low` where the
// class has that byte. The upper halves above 7 share what is left: either all bytes above 127 are
// of the class or none.
struct NibbleTables {
  alignas(16) uint8_t low[16];
  alignas(16) uint8_t high[16];
};

template <ByteClass kClass>
constexpr NibbleTables MakeNibbleTables() {
  NibbleTables tables{};
  for (int byte = 0; byte < 128; ++byte) {
    if ((internal::kByteClasses[byte] & kClass) == 0) continue;
    tables.low[byte & 15] |= static_cast<uint8_t>(1 << (byte >> 4));
  }
  for (int high = 0; high < 16; ++high) {
    const bool of_class = (internal::kByteClasses[high << 4] & kClass) != 0;
    tables.high[high] = static_cast<uint8_t>(high < 8 ? 1 << high : of_class ? 0xff : 0);
  }
  return tables;
}

template <ByteClass kClass>
constexpr NibbleTables kNibbleTables = MakeNibbleTables<kClass>();

// A bit for each of the 16 bytes at `p` that is not of the class.
template <ByteClass kClass>
__attribute__((target("sse4.2"), always_inline)) inline uint32_t FindOutside16(const char* p) {
  const auto load = [](const void* from) __attribute__((target("sse4.2"), always_inline)) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
  };
  const __m128i half = _mm_set1_epi8(0x0f);
  const __m128i bytes = load(p);
  const __m128i low = _mm_shuffle_epi8(load(kNibbleTables<kClass>.low), _mm_and_si128(bytes, half));
  const __m128i high = _mm_shuffle_epi8(load(kNibbleTables<kClass>.high),
                                        _mm_and_si128(_mm_srli_epi16(bytes, 4), half));
  const __m128i outside = _mm_cmpeq_epi8(_mm_and_si128(low, high), _mm_setzero_si128());
  return static_cast<uint32_t>(_mm_movemask_epi8(outside));
}

template <ByteClass kClass>
__attribute__((target("avx2"), always_inline)) inline uint32_t FindOutside32(const char* p) {
  const __m256i half = _mm256_set1_epi8(0x0f);
  const __m256i low_table = _mm256_broadcastsi128_si256(
      _mm_load_si128(reinterpret_cast<const __m128i*>(kNibbleTables<kClass>.low)));
  const __m256i high_table = _mm256_broadcastsi128_si256(
      _mm_load_si128(reinterpret_cast<const __m128i*>(kNibbleTables<kClass>.high)));
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i low = _mm256_shuffle_epi8(low_table, _mm256_and_si256(bytes, half));
  const __m256i high =
      _mm256_shuffle_epi8(high_table, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
  const __m256i outside = _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
  return static_cast<uint32_t>(_mm256_movemask_epi8(outside));
}

template <ByteClass kClass>
__attribute__((target("sse4.2"))) const char* SkipSse42(const char* begin, const char* end) {
  for (; end - begin >= 16; begin += 16) {
    const uint32_t outside = FindOutside16<kClass>(begin);
    if (outside != 0) return begin + __builtin_ctz(outside);
  }
  return SkipPlain<kClass>(begin, end);
}

template <ByteClass kClass>
__attribute__((target("avx2"))) const char* SkipAvx2(const char* begin, const char* end) {
  for (; end - begin >= 32; begin += 32) {
    const uint32_t outside = FindOutside32<kClass>(begin);
    if (outside != 0) return begin + __builtin_ctz(outside);
  }
  if (end - begin >= 16) {
    const uint32_t outside = FindOutside16<kClass>(begin);
    if (outside != 0) return begin + __builtin_ctz(outside);
    begin += 16;
  }
  return SkipPlain<kClass>(begin, end);
}

#endif

}  // namespace

#if defined(__x86_64__)

// What the processor has was found out when the program was loaded; the tests here only read it.
template <ByteClass kClass>
const char* SkipBytes(const char* begin, const char* end) {
  if (__builtin_cpu_supports("avx2")) return SkipAvx2<kClass>(begin, end);
  if (__builtin_cpu_supports("sse4.2")) return SkipSse42<kClass>(begin, end);
  return SkipPlain<kClass>(begin, end);
}

template <ByteClass kClass>
std::vector<Scanner> Scanners() {
  std::vector<Scanner> scanners = {{"plain", SkipPlain<kClass>}};
  if (__builtin_cpu_supports("sse4.2")) scanners.push_back({"sse4.2", SkipSse42<kClass>});
  if (__builtin_cpu_supports("avx2")) scanners.push_back({"avx2", SkipAvx2<kClass>});
  return scanners;
}

#else

template <ByteClass kClass>
const char* SkipBytes(const char* begin, const char* end) {
  return SkipPlain<kClass>(begin, end);
}

template <ByteClass kClass>
std::vector<Scanner> Scanners() {
  return {{"plain", SkipPlain<kClass>}};
}

#endif

template const char* SkipBytes<kTargetByte>(const char* begin, const char* end);
template const char* SkipBytes<kValueByte>(const char* begin, const char* end);
template const char* SkipBytes<kHostByte>(const char* begin, const char* end);
template std::vector<Scanner> Scanners<kTargetByte>();
template std::vector<Scanner> Scanners<kValueByte>();
template std::vector<Scanner> Scanners<kHostByte>();

}  // namespace troupe::http
