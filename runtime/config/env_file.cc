#include "runtime/config/env_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "runtime/config/text.h"

namespace troupe::config {
namespace {

bool IsVariableName(std::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

std::optional<char> Unescape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '"':
    case '\\':
      return c;
    default:
      return std::nullopt;
  }
}

// What stands between double quotes; nullopt when it does not end with the line or has an unknown
// escape.
std::optional<std::string> Unquote(std::string_view text) {
  std::string value;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1 == text.size() ? std::optional(value) : std::nullopt;
    if (text[i] != '\\') {
      value.push_back(text[i]);
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    const std::optional<char> c = Unescape(text[i]);
    if (!c) return std::nullopt;
    value.push_back(*c);
  }
  return std::nullopt;
}

std::optional<std::string> ParseValue(std::string_view text) {
  if (ConsumePrefix(text, "\"")) return Unquote(text);
  if (ConsumePrefix(text, "'")) {
    if (text.empty() || text.find('\'') != text.size() - 1) return std::nullopt;
    return std::string(text.substr(0, text.size() - 1));
  }
  return std::string(text);
}

}  // namespace

void ReadEnvFile(std::string_view name, std::string_view text, Variables& variables,
                 Problems& problems) {
  int line_number = 0;
  for (std::string_view line : Split(text, '\n')) {
    const std::string where = Concat(name, ":", ++line_number);
    line = Strip(line);
    if (line.empty() || line.front() == '#') continue;
    const auto parts = SplitOnce(line, '=');
    if (!parts || !IsVariableName(Strip(parts->first))) {
      problems.Add(where, "", "not a variable; allowed: NAME=VALUE");
      continue;
    }
    const std::string_view key = Strip(parts->first);
    std::optional<std::string> value = ParseValue(Strip(parts->second));
    if (!value) {
      problems.Add(where, key,
                   "the quotes do not close at the end of the line, or a backslash stands before "
                   "something else; allowed: 'as it is', or \"with \\n, \\t, \\\" and \\\\\"");
      continue;
    }
    variables.insert_or_assign(std::string(key), Variable{std::move(*value), where});
  }
}

}  // namespace troupe::config
