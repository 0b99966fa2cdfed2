#include "runtime/http/body_framing.h"

#include <limits>

#include "runtime/http/fields.h"
#include "runtime/http/scan.h"

namespace troupe::http {
namespace {

Refusal ParseLength(std::string_view digits, uint64_t& length) {
  if (digits.empty() || (digits[0] == '0' && digits.size() > 1))
    return Refusal::kInvalidContentLength;
  for (char c : digits) {
    if (c < '0' || c > '9') return Refusal::kInvalidContentLength;
  }
  // Others hold it in 63 bits; a larger one they would read differently.
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  length = 0;
  for (char c : digits) {
    const auto digit = static_cast<uint64_t>(c - '0');
    if (length > (kMax - digit) / 10) return Refusal::kContentLengthOverflow;
    length = length * 10 + digit;
  }
  return Refusal::kNone;
}

Refusal ReadCoding(std::string_view coding, TransferCodings& codings) {
  const char* end = coding.data() + coding.size();
  if (coding.empty() || SkipToken(coding.data(), end) != end)
    return Refusal::kInvalidTransferEncoding;
  const bool chunked = EqualsIgnoreCase(coding, "chunked");
  if (codings.chunked) return chunked ? Refusal::kRepeatedChunked : Refusal::kChunkedNotLast;
  (chunked ? codings.chunked : codings.others) = true;
  return Refusal::kNone;
}

}  // namespace

Refusal ReadContentLength(std::string_view value, std::optional<uint64_t>& length) {
  ListReader list(value);
  for (std::string_view element; list.Next(element);) {
    uint64_t parsed = 0;
    if (Refusal refusal = ParseLength(element, parsed); refusal != Refusal::kNone) return refusal;
    if (length.has_value() && *length != parsed) return Refusal::kDifferingContentLengths;
    length = parsed;
  }
  return Refusal::kNone;
}

Refusal ReadTransferEncoding(std::string_view value, TransferCodings& codings) {
  ListReader list(value);
  for (std::string_view element; list.Next(element);) {
    if (Refusal refusal = ReadCoding(element, codings); refusal != Refusal::kNone) return refusal;
  }
  return Refusal::kNone;
}

Refusal CheckTransferCodings(const TransferCodings& codings) {
  if (!codings.chunked) return Refusal::kChunkedNotLast;
  return codings.others ? Refusal::kUnknownTransferCoding : Refusal::kNone;
}

}  // namespace troupe::http
