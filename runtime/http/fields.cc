#include "runtime/http/fields.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "runtime/http/scan.h"

namespace troupe::http {
namespace {

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

template <typename Word>
Word LowerWord(const char* text) {
  Word word;
  std::memcpy(&word, text, sizeof(word));
  return word | static_cast<Word>(0x2020202020202020);
}

// Compares without case, in whole words, of which the last two may overlap. `name` is a token as
// long as `lower`, which has letters and hyphens only: setting the bit of lower case turns no other
// byte of a token into one of these.
template <size_t kSizeWithNul>
bool IsName(std::string_view name, const char (&lower)[kSizeWithNul]) {
  constexpr size_t kSize = kSizeWithNul - 1;
  using SmallWord = std::conditional_t<(kSize >= 4), uint32_t, uint16_t>;
  using Word = std::conditional_t<(kSize >= 8), uint64_t, SmallWord>;
  constexpr size_t kLast = kSize - sizeof(Word);
  for (size_t i = 0; i < kLast; i += sizeof(Word)) {
    if (LowerWord<Word>(name.data() + i) != LowerWord<Word>(lower + i)) return false;
  }
  return LowerWord<Word>(name.data() + kLast) == LowerWord<Word>(lower + kLast);
}

// The index of the first field of that name, or size().
size_t Find(const Fields& fields, std::string_view name) {
  size_t index = 0;
  while (index < fields.size() && !EqualsIgnoreCase(fields[index].name, name)) ++index;
  return index;
}

size_t Find(const Fields& fields, KnownField field) {
  size_t index = 0;
  while (index < fields.size() && fields.known(index) != field) ++index;
  return index;
}

std::string_view ValueAt(const Fields& fields, size_t index) {
  return index < fields.size() ? fields[index].value : std::string_view();
}

}  // namespace

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ToLower(x) == ToLower(y); });
}

KnownField KnownFieldOf(std::string_view name) {
  switch (name.size()) {
    case 2:
      if (IsName(name, "te")) return KnownField::kTe;
      break;
    case 4:
      if (IsName(name, "host")) return KnownField::kHost;
      break;
    case 6:
      if (IsName(name, "expect")) return KnownField::kExpect;
      break;
    case 7:
      if (IsName(name, "trailer")) return KnownField::kTrailer;
      if (IsName(name, "upgrade")) return KnownField::kUpgrade;
      break;
    case 9:
      if (IsName(name, "forwarded")) return KnownField::kForwarded;
      break;
    case 10:
      if (IsName(name, "connection")) return KnownField::kConnection;
      break;
    case 11:
      if (IsName(name, "traceparent")) return KnownField::kTraceparent;
      break;
    case 12:
      if (IsName(name, "x-request-id")) return KnownField::kXRequestId;
      break;
    case 14:
      if (IsName(name, "content-length")) return KnownField::kContentLength;
      break;
    case 15:
      if (IsName(name, "x-forwarded-for")) return KnownField::kXForwardedFor;
      break;
    case 16:
      if (IsName(name, "x-forwarded-host")) return KnownField::kXForwardedHost;
      break;
    case 17:
      if (IsName(name, "transfer-encoding")) return KnownField::kTransferEncoding;
      if (IsName(name, "x-forwarded-proto")) return KnownField::kXForwardedProto;
      break;
    default:
      break;
  }
  return KnownField::kOther;
}

std::string_view Fields::Get(std::string_view name) const {
  return ValueAt(*this, Find(*this, name));
}
bool Fields::Has(std::string_view name) const { return Find(*this, name) < size(); }
std::string_view Fields::Get(KnownField field) const { return ValueAt(*this, Find(*this, field)); }
bool Fields::Has(KnownField field) const { return Find(*this, field) < size(); }

bool ListReader::Next(std::string_view& element) {
  if (at_end_) return false;
  const size_t comma = rest_.find(',');
  element = TrimBlanks(rest_.substr(0, comma));
  at_end_ = comma == rest_.npos;
  if (!at_end_) rest_.remove_prefix(comma + 1);
  return true;
}

}  // namespace troupe::http
