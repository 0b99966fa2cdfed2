// Classes of bytes, and fast ways to skip bytes of one class: long runs with AVX2 or SSE4.2 where
// the processor has it, with the same result as the plain loop. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace troupe::http {

enum ByteClass : uint8_t {
  kTokenByte = 1,   // tchar (RFC 9110 section 5.6.2)
  kTargetByte = 2,  // visible ASCII but '#', '%', '?' and '\', at which the parser looks closer
  kValueByte = 4,   // visible, blank, tab or above 127 (RFC 9110 section 5.5)
  kHostByte = 8,  // of a registered name or IPv4 address (RFC 3986 section 3.2.2); see authority.h
};

namespace internal {

constexpr bool IsAlphaNumeric(int c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr std::array<uint8_t, 256> MakeByteClasses() {
  constexpr auto npos = std::string_view::npos;
  std::array<uint8_t, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    uint8_t bits = 0;
    if (IsAlphaNumeric(c)) bits |= kTokenByte | kHostByte;
    if (c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(byte) != npos) bits |= kTokenByte;
    if (c != 0 && std::string_view("-._~!$&'()*+;=").find(byte) != npos) bits |= kHostByte;
    if (c > ' ' && c < 0x7f && std::string_view("#%?\\").find(byte) == npos) bits |= kTargetByte;
    if ((c >= ' ' && c != 0x7f) || c == '\t') bits |= kValueByte;
    classes[c] = bits;
  }
  return classes;
}

inline constexpr std::array<uint8_t, 256> kByteClasses = MakeByteClasses();

}  // namespace internal

inline bool IsOfClass(char byte, ByteClass byte_class) {
  return (internal::kByteClasses[static_cast<uint8_t>(byte)] & byte_class) != 0;
}

inline bool IsBlank(char byte) { return byte == ' ' || byte == '\t'; }

inline std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// -1 when `byte` is no hexadecimal digit.
constexpr int HexValue(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  const char lower = static_cast<char>(byte | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Each returns the first byte in [begin, end) that is not of the class, or end. Nothing outside of
// [begin, end) is read.

// Tokens are short: a plain loop is the fastest.
inline const char* SkipToken(const char* begin, const char* end) {
  while (begin != end && IsOfClass(*begin, kTokenByte)) ++begin;
  return begin;
}

// Of kTargetByte, kValueByte and kHostByte.
template <ByteClass kClass>
const char* SkipBytes(const char* begin, const char* end);

// The implementations among which SkipBytes chooses, as far as this processor has them, for the
// test that compares them. The first is the plain one.
struct Scanner {
  std::string_view name;
  const char* (*skip)(const char* begin, const char* end);
};
template <ByteClass kClass>
std::vector<Scanner> Scanners();

}  // namespace troupe::http
