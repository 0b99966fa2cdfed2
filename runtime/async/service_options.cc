#include "runtime/async/service_options.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace troupe {

std::string ServiceOptions::String(std::string_view name, std::string_view default_value) {
  const std::string* value = Find(name);
  return value != nullptr ? *value : std::string(default_value);
}

std::string ServiceOptions::OneOf(std::string_view name, std::string_view default_value,
                                  std::initializer_list<std::string_view> allowed) {
  const std::string* value = Find(name);
  if (value == nullptr) return std::string(default_value);
  if (std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return *value;
  std::string words;
  for (std::string_view word : allowed) words.append(words.empty() ? "one of " : ", ").append(word);
  Refuse(name, words);
  return std::string(default_value);
}

int64_t ServiceOptions::Int(std::string_view name, int64_t default_value, int64_t min,
                            int64_t max) {
  const std::string* text = Find(name);
  if (text == nullptr) return default_value;
  int64_t value = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, value);
  if (parsed.ec == std::errc() && parsed.ptr == end && value >= min && value <= max) return value;
  Refuse(name, absl::StrCat("a whole number from ", min, " to ", max));
  return default_value;
}

absl::Duration ServiceOptions::Duration(std::string_view name, absl::Duration default_value) {
  const std::string* text = Find(name);
  if (text == nullptr) return default_value;
  absl::Duration value;
  if (absl::ParseDuration(*text, &value) && value >= absl::ZeroDuration() &&
      value < absl::InfiniteDuration()) {
    return value;
  }
  Refuse(name, "a duration such as 100ms, 2s or 1m30s");
  return default_value;
}

void ServiceOptions::Refuse(std::string_view name, std::string_view allowed) {
  if (!mistake_.ok()) return;
  std::string sentence = "The option \"";
  sentence.append(name).append("\" is \"").append(String(name, ""));
  sentence.append("\"; it must be ").append(allowed).append(".");
  mistake_ = absl::InvalidArgumentError(sentence);
}

absl::Status ServiceOptions::Check() const {
  if (!mistake_.ok()) return mistake_;
  for (const auto& [name, value] : values_) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      return absl::InvalidArgumentError(
          known_.empty() ? absl::StrCat("There is no option \"", name, "\"; the service has none.")
                         : absl::StrCat("There is no option \"", name,
                                        "\"; the service has: ", absl::StrJoin(known_, ", "), "."));
    }
  }
  return absl::OkStatus();
}

const std::string* ServiceOptions::Find(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.emplace_back(name);
  const auto it = values_.find(name);
  return it != values_.end() ? &it->second : nullptr;
}

}  // namespace troupe
