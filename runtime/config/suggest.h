// Names that were probably meant. Values only; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::config {

// The candidate nearest to `name` in single-character edits; empty when none is near enough to be
// meant.
std::string Closest(std::string_view name, const std::vector<std::string>& candidates);

// "did you mean echo? allowed: a, b, echo", the question only where something is near; lists at
// most
// 20. "there are none" of no candidates.
std::string Suggestion(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace troupe::config
