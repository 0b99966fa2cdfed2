#include "runtime/http/route_pattern.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"

namespace troupe::http {
namespace {

constexpr std::string_view kRest = "*";

bool IsVariableName(std::string_view name) {
  const auto is_name_byte = [](char c) { return absl::ascii_isalnum(c) || c == '_'; };
  return !name.empty() && !absl::ascii_isdigit(name[0]) &&
         std::all_of(name.begin(), name.end(), is_name_byte);
}

absl::StatusOr<Segment> ParseSegment(std::string_view pattern, std::string_view text, bool last) {
  if (text == kRest) {
    if (last) return Segment{Segment::Kind::kRest, std::string(text)};
    return PatternError(pattern, "has a \"*\" before its end; only the last segment may be one");
  }
  if (text.size() >= 2 && text.front() == '{' && text.back() == '}') {
    const std::string_view name = text.substr(1, text.size() - 2);
    if (IsVariableName(name)) return Segment{Segment::Kind::kVariable, std::string(name)};
    return PatternError(
        pattern,
        "has a variable whose name is not made of letters, digits and '_', or begins with a digit");
  }
  if (text.find_first_of("{}*") != std::string_view::npos) {
    return PatternError(
        pattern,
        "has a '{', '}' or '*' within a segment; a variable is a whole segment, as in /a/{b}/*");
  }
  return Segment{Segment::Kind::kLiteral, std::string(text)};
}

}  // namespace

absl::StatusOr<std::vector<Segment>> ParsePattern(std::string_view pattern, size_t variables_max) {
  if (pattern.empty() || pattern[0] != '/') return PatternError(pattern, "does not begin with '/'");
  std::vector<Segment> segments;
  std::vector<std::string_view> names;
  for (std::string_view rest = pattern; !rest.empty();) {
    const std::string_view text = CutSegment(rest);
    absl::StatusOr<Segment> segment = ParseSegment(pattern, text, rest.empty());
    if (!segment.ok()) return segment.status();
    if (segment->kind != Segment::Kind::kLiteral) {
      if (std::find(names.begin(), names.end(), text) != names.end()) {
        return PatternError(pattern, "names " + std::string(text) + " twice");
      }
      names.push_back(text);
    }
    segments.push_back(*std::move(segment));
  }
  if (names.size() > variables_max) {
    return PatternError(pattern, "has more than " + std::to_string(variables_max) + " variables");
  }
  return segments;
}

absl::Status PatternError(std::string_view pattern, std::string_view what) {
  std::string sentence = "The route pattern \"";
  sentence.append(pattern).append("\" ").append(what).append(".");
  return absl::InvalidArgumentError(sentence);
}

std::string_view CutSegment(std::string_view& path) {
  const size_t end = std::min(path.find('/', 1), path.size());
  const std::string_view segment = path.substr(1, end - 1);
  path.remove_prefix(end);
  return segment;
}

}  // namespace troupe::http
