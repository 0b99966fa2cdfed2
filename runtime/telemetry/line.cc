#include "runtime/telemetry/line.h"

#include <algorithm>
#include <cstring>

namespace troupe::telemetry {
namespace {

constexpr uint64_t Repeat(uint8_t byte) { return 0x0101010101010101u * byte; }

// True when a byte of `word` is zero. A borrow can only come from a byte that is zero itself, so as
// a question about the whole word this is exact.
constexpr bool HasZero(uint64_t word) { return ((word - Repeat(1)) & ~word & Repeat(0x80)) != 0; }

constexpr bool IsPlain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

// IsPlain for eight bytes at once.
constexpr bool ArePlain(uint64_t word) {
  const uint64_t below_blank = (word - Repeat(' ')) & ~word;
  return ((word | below_blank) & Repeat(0x80)) == 0 && !HasZero(word ^ Repeat('"')) &&
         !HasZero(word ^ Repeat('\\')) && !HasZero(word ^ Repeat(0x7f));
}

bool AllPlain(std::string_view text) {
  const char* in = text.data();
  const char* const end = in + text.size();
  if (text.size() < sizeof(uint64_t)) {
    return std::all_of(in, end, [](char c) { return IsPlain(c); });
  }
  const auto are_plain = [](const char* at) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return ArePlain(word);
  };
  const char* const last = end - sizeof(uint64_t);  // overlaps the word before it
  for (; in < last; in += sizeof(uint64_t)) {
    if (!are_plain(in)) return false;
  }
  return are_plain(last);
}

char* WriteEscape(char* out, char c, LineFormat format) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  *out++ = '\\';
  if (c == '"' || c == '\\') {
    *out++ = c;
    return out;
  }
  const std::string_view prefix = format == LineFormat::kJson ? "u00" : "x";
  out = std::copy(prefix.begin(), prefix.end(), out);
  const auto byte = static_cast<uint8_t>(c);
  *out++ = kDigits[byte >> 4];
  *out++ = kDigits[byte & 15];
  return out;
}

}  // namespace

char* WriteEscaped(char* out, std::string_view text, LineFormat format) {
  if (AllPlain(text)) return std::copy(text.begin(), text.end(), out);
  for (const char c : text) {
    if (IsPlain(c)) {
      *out++ = c;
    } else {
      out = WriteEscape(out, c, format);
    }
  }
  return out;
}

void AppendEscaped(std::string& out, std::string_view text, LineFormat format) {
  const size_t size = out.size();
  out.resize(size + text.size() * kEscapedBytesMax);
  const char* end = WriteEscaped(out.data() + size, text, format);
  out.resize(static_cast<size_t>(end - out.data()));
}

}  // namespace troupe::telemetry
