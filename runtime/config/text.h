// Small tools for text. Debian builds abseil with a string_view of its own, which takes no
// std::string_view; these are what this folder needs of abseil's strings, for the standard one.
// Stateless; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace troupe::config {

namespace internal {

template <typename Part>
decltype(auto) ForAbsl(const Part& part) {
  if constexpr (std::is_same_v<Part, std::string_view>) {
    return absl::string_view(part.data(), part.size());
  } else {
    return (part);
  }
}

}  // namespace internal

// As absl::StrCat and absl::StrAppend.
template <typename... Parts>
std::string Concat(const Parts&... parts) {
  return absl::StrCat(internal::ForAbsl(parts)...);
}
template <typename... Parts>
void Append(std::string& out, const Parts&... parts) {
  absl::StrAppend(&out, internal::ForAbsl(parts)...);
}

// status.message() as a standard view; valid as long as the status is.
std::string_view MessageOf(const absl::Status& status);

// The pieces between separators; of empty text one, which is empty.
std::vector<std::string_view> Split(std::string_view text, char separator);

// What stands before and after the first separator; nullopt where there is none.
std::optional<std::pair<std::string_view, std::string_view>> SplitOnce(std::string_view text,
                                                                       char separator);

bool Contains(std::string_view text, std::string_view part);

// Without blanks, tabs and line ends at both sides.
std::string_view Strip(std::string_view text);

// Takes `prefix` off the front of `text`; false when it does not begin so.
bool ConsumePrefix(std::string_view& text, std::string_view prefix);
bool ConsumeSuffix(std::string_view& text, std::string_view suffix);

// "1 worker", "2 workers". The noun is a regular one.
std::string Count(int64_t count, std::string_view noun);

bool IsUtf8(std::string_view text);

// Text as it is quoted in a message: at most 80 bytes of it, control bytes escaped.
std::string Quoted(std::string_view text);

}  // namespace troupe::config
