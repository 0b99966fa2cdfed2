// Collects what is wrong with a configuration, so that an operator sees everything at once. Not
// thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace troupe::config {

class Problems {
 public:
  // `where` is the origin ("troupe.yaml:12", "--set"), `path` the field, both may be empty; `what`
  // is a sentence that says what is wrong and what is allowed.
  void Add(std::string_view where, std::string_view path, std::string_view what);

  bool empty() const { return lines_.empty(); }
  // Whether there is a problem with the field at `path` or with a part of it.
  bool Has(std::string_view path) const;

  // INVALID_ARGUMENT with one line for each of the first 20 problems and the number of the others;
  // OK when there are none.
  absl::Status ToStatus() const;

 private:
  std::vector<std::string> lines_;
  std::vector<std::string> paths_;
};

}  // namespace troupe::config
