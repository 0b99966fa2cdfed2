#include "runtime/config/text.h"

#include "absl/strings/escaping.h"

namespace troupe::config {
namespace {

// The number of bytes in the sequence that begins with `lead`; 0 when none does.
size_t Utf8SequenceSize(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
bool IsSecondByte(unsigned char lead, unsigned char second) {
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  return second >= low && second <= high;
}

}  // namespace

std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    const size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::pair<std::string_view, std::string_view>> SplitOnce(std::string_view text,
                                                                       char separator) {
  const size_t end = text.find(separator);
  if (end == std::string_view::npos) return std::nullopt;
  return std::pair(text.substr(0, end), text.substr(end + 1));
}

std::string Count(int64_t count, std::string_view noun) {
  return Concat(count, " ", noun, count == 1 ? "" : "s");
}

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view Strip(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

bool ConsumePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool ConsumeSuffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const size_t size = Utf8SequenceSize(lead);
    if (size == 0 || size > text.size()) return false;
    if (size > 1 && !IsSecondByte(lead, static_cast<unsigned char>(text[1]))) return false;
    for (size_t i = 2; i < size; ++i) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return false;
    }
    text.remove_prefix(size);
  }
  return true;
}

std::string Quoted(std::string_view text) {
  constexpr size_t kShownMax = 80;
  const bool whole = text.size() <= kShownMax;
  const std::string escaped = IsUtf8(text) && whole
                                  ? absl::Utf8SafeCHexEscape(std::string(text))
                                  : absl::CHexEscape(std::string(text.substr(0, kShownMax)));
  return absl::StrCat("'", escaped, whole ? "'" : "...'");
}

}  // namespace troupe::config
