#include "runtime/config/problems.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "runtime/config/text.h"

namespace troupe::config {

void Problems::Add(std::string_view where, std::string_view path, std::string_view what) {
  std::string line;
  for (std::string_view part : {where, path}) {
    if (!part.empty()) Append(line, part, ": ");
  }
  Append(line, what);
  lines_.push_back(std::move(line));
  paths_.emplace_back(path);
}

bool Problems::Has(std::string_view path) const {
  return std::any_of(paths_.begin(), paths_.end(), [path](std::string_view known) {
    return known.starts_with(path) &&
           (known.size() == path.size() || known[path.size()] == '.' || known[path.size()] == '[');
  });
}

absl::Status Problems::ToStatus() const {
  constexpr size_t kShownMax = 20;
  if (lines_.empty()) return absl::OkStatus();
  if (lines_.size() <= kShownMax) return absl::InvalidArgumentError(absl::StrJoin(lines_, "\n"));
  const auto shown_end = lines_.begin() + kShownMax;
  return absl::InvalidArgumentError(Concat(absl::StrJoin(lines_.begin(), shown_end, "\n"), "\nand ",
                                           lines_.size() - kShownMax, " more"));
}

}  // namespace troupe::config
