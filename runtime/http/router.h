// Maps (host, method, path) to a number. Built once per revision, then immutable and shared by all
// reactors.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/http/method.h"

namespace troupe::http {

// What the variables of a pattern matched; views into the normalized path and the route table.
class PathParams {
 public:
  static constexpr size_t kMax = 8;

  PathParams() = default;
  // Copies what there is, not all there is room for.
  PathParams(const PathParams& other) { *this = other; }
  PathParams& operator=(const PathParams& other) {
    for (size_t i = 0; i < other.size_; ++i) params_[i] = other.params_[i];
    size_ = other.size_;
    return *this;
  }

  size_t size() const { return size_; }
  // Empty when there is no variable of that name. The rest matched by "*" has the name "*".
  std::string_view Get(std::string_view name) const;
  void Clear() { size_ = 0; }
  void Add(std::string_view name, std::string_view value);  // beyond kMax is a programming error

 private:
  struct Param {
    std::string_view name, value;
  };
  std::array<Param, kMax> params_;
  uint8_t size_ = 0;
};

struct RouteSpec {
  // "" for any; "api.example.org"; "*.example.org" for one label or more before it. No port.
  std::string host;
  // Empty: all that no other route of the same host and pattern names.
  MethodSet methods;
  // "/a/{b}/*": literal segments, {variables} of one whole segment, a last "*" for the rest. A
  // variable is never empty, the rest may be: "/a/*" matches "/a/", not "/a". Paths are normalized
  // before they are matched, so literals stand here decoded.
  std::string pattern;
  // What Match answers.
  uint32_t value = 0;
};

class Router {
 public:
  enum class Kind : uint8_t { kFound, kNotFound, kMethodNotAllowed };
  struct Match {  // fits one register
    uint32_t value = 0;
    MethodSet allowed;  // of kMethodNotAllowed: for the Allow field
    Kind kind = Kind::kNotFound;
  };
  static_assert(sizeof(Match) == 8);

  // INVALID_ARGUMENT with a sentence that names the pattern: malformed, more than PathParams::kMax
  // variables, a name twice, or the same host, method and pattern twice.
  static absl::StatusOr<Router> Build(const std::vector<RouteSpec>& routes);

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // Most specific first: an exact host before a wildcard (the longest first) before none; per
  // segment a literal before a variable before "*". A route that lacks the method gives way to the
  // next that has it; when none has, `allowed` is what all that match the path allow. GET routes
  // answer HEAD too, unless another one names it. `host` as in RequestHead::host, with or without
  // port, compared without case. `params` is set when found. No allocation; a hash look-up when the
  // whole path is literal.
  Match Find(std::string_view host, Method method, std::string_view path, PathParams* params) const;

  // Checks one pattern alone, for the configuration.
  static absl::Status CheckPattern(std::string_view pattern);

 private:
  class Impl;
  std::unique_ptr<const Impl> impl_;
};

// The value of the Allow field (RFC 9110 section 10.2.1): "GET, HEAD".
std::string AllowValue(MethodSet methods);

}  // namespace troupe::http
