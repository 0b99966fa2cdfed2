// What the parts of validation share: the problems found, each with the origin of the field it is
// about.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "runtime/config/origins.h"
#include "runtime/config/problems.h"
#include "runtime/config/text.h"

namespace troupe::config {

class Checker {
 public:
  Checker(const Origins& origins, Problems& problems) : origins_(origins), problems_(problems) {}

  void Refuse(std::string_view path, std::string_view what) {
    problems_.Add(origins_.Nearest(path), path, what);
  }
  void Check(std::string_view path, const absl::Status& status) {
    if (!status.ok()) Refuse(path, MessageOf(status));
  }
  // What could not be read is not missing.
  void RefuseMissing(std::string_view path, std::string_view what) {
    if (!problems_.Has(path)) Refuse(path, what);
  }
  const Origins& origins() const { return origins_; }

 private:
  const Origins& origins_;
  Problems& problems_;
};

}  // namespace troupe::config
