#include "runtime/http/request_target.h"

#include <algorithm>

#include "runtime/http/authority.h"
#include "runtime/http/fields.h"
#include "runtime/http/scan.h"

namespace troupe::http {
namespace {

Refusal ReadAbsoluteForm(std::string_view target, TargetParts& parts) {
  constexpr std::string_view kSeparator = "://";
  const size_t scheme_size = target.find_first_of(":/?");
  if (scheme_size == target.npos || !target.substr(scheme_size).starts_with(kSeparator)) {
    return Refusal::kInvalidTargetForm;
  }
  const std::string_view scheme = target.substr(0, scheme_size);
  if (!EqualsIgnoreCase(scheme, "http") && !EqualsIgnoreCase(scheme, "https")) {
    return Refusal::kUnsupportedScheme;
  }
  const size_t host_offset = scheme_size + kSeparator.size();
  const size_t path_offset = std::min(target.find_first_of("/?", host_offset), target.size());
  const std::string_view authority = target.substr(host_offset, path_offset - host_offset);
  if (!IsAuthority(authority)) return Refusal::kInvalidAuthority;
  parts = {.form = TargetForm::kAbsolute,
           .host_offset = static_cast<uint16_t>(host_offset),
           .host_size = static_cast<uint16_t>(authority.size()),
           .path_offset = static_cast<uint16_t>(path_offset)};
  return Refusal::kNone;
}

Refusal CheckPercentEncoding(std::string_view text, bool in_path) {
  if (text.size() < 2) return Refusal::kNone;
  const int high = HexValue(text[1]);
  if (high < 0) return Refusal::kInvalidPercentEncoding;
  if (text.size() < 3) return Refusal::kNone;
  const int low = HexValue(text[2]);
  if (low < 0) return Refusal::kInvalidPercentEncoding;
  // Forms put line ends into queries; in a path, control bytes only serve to confuse what stands
  // behind.
  const int byte = high * 16 + low;
  const bool control = byte < 0x20 || byte == 0x7f;
  return byte == 0 || (in_path && control) ? Refusal::kEncodedControlByte : Refusal::kNone;
}

}  // namespace

Refusal ReadTargetForm(std::string_view target, Method method, TargetParts& parts) {
  if (target[0] == '/') return Refusal::kNone;
  if (target == "*") {
    parts.form = TargetForm::kAsterisk;
    return method == Method::kOptions ? Refusal::kNone : Refusal::kAsteriskWithoutOptions;
  }
  return ReadAbsoluteForm(target, parts);
}

Refusal CheckSpecialByte(std::string_view text, bool in_path) {
  switch (text[0]) {
    case '?':
      return Refusal::kNone;
    case '%':
      return CheckPercentEncoding(text, in_path);
    case '\\':
      return in_path ? Refusal::kBackslashInPath : Refusal::kNone;
    case '#':
      return Refusal::kFragmentInTarget;
    case '\r':
    case '\n':
      return Refusal::kMalformedRequestLine;
    default:
      return Refusal::kInvalidTargetByte;
  }
}

}  // namespace troupe::http
