// The patterns of routes, taken apart: "/users/{id}/*". Values only; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace troupe::http {

struct Segment {
  enum class Kind : uint8_t { kLiteral, kVariable, kRest };
  Kind kind;
  std::string text;  // the literal, or the variable's name
};

// INVALID_ARGUMENT with a sentence that names the pattern when it is malformed, names a variable
// twice or has more than `variables_max` of them; "*" counts as one.
absl::StatusOr<std::vector<Segment>> ParsePattern(std::string_view pattern, size_t variables_max);

// "The route pattern "/a" <what>."
absl::Status PatternError(std::string_view pattern, std::string_view what);

// Cuts the first segment off a path that begins with '/'. What is left begins with '/' or is empty.
std::string_view CutSegment(std::string_view& path);

}  // namespace troupe::http
