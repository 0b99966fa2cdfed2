// The text of a rewrite or redirect: literal text with {name} and {*} for what the route's
// variables matched. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/http/router.h"

namespace troupe::config {

class PathTemplate {
 public:
  // How variables are put in: as they are, for a path that stays inside; or percent-encoded where a
  // URL needs it, for one that goes out in a Location field.
  enum class Encoding { kNone, kPercent };

  // `pattern` is the route's, whose variables may be used. INVALID_ARGUMENT with a sentence that
  // says what is allowed.
  static absl::StatusOr<PathTemplate> Parse(std::string_view text, std::string_view pattern);

  std::string Expand(const http::PathParams& params, Encoding encoding) const;

 private:
  struct Part {
    std::string literal;
    std::string variable;  // follows the literal; empty: none
  };

  std::vector<Part> parts_;
};

}  // namespace troupe::config
