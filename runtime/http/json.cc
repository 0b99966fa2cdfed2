#include "runtime/http/json.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace troupe::http {
namespace {

// The size of the well-formed UTF-8 sequence of two to four bytes at the front of `text` (RFC
// 3629), 0 if there is none.
size_t Utf8SequenceSize(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xed && byte(1) > 0x9f;
  const bool beyond_unicode = lead == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || beyond_unicode ? 0 : size;
}

void AppendEscapedAscii(char c, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
    case '\\':
      out.append({'\\', c});
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      if (c >= 0x20 && c != 0x7f) {
        out.push_back(c);
      } else {
        out.append("\\u00").append({kHex[c >> 4], kHex[c & 15]});
      }
  }
}

}  // namespace

std::string ToUtf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const bool ascii = static_cast<uint8_t>(text[0]) < 0x80;
    const size_t size = ascii ? 1 : Utf8SequenceSize(text);
    out.append(size > 0 ? text.substr(0, size) : "\xef\xbf\xbd");
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return out;
}

void AppendJsonString(std::string_view text, std::string& out) {
  out.push_back('"');
  while (!text.empty()) {
    size_t size = 1;
    if (static_cast<uint8_t>(text[0]) < 0x80) {
      AppendEscapedAscii(text[0], out);
    } else if (const size_t sequence = Utf8SequenceSize(text); sequence != 0) {
      out.append(text.substr(0, sequence));
      size = sequence;
    } else {
      out.append("\\ufffd");
    }
    text.remove_prefix(size);
  }
  out.push_back('"');
}

}  // namespace troupe::http
