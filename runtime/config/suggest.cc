#include "runtime/config/suggest.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_join.h"
#include "runtime/config/text.h"

namespace troupe::config {
namespace {

size_t EditDistance(std::string_view a, std::string_view b) {
  // distances[j] is that of the first i characters of a to the first j of b.
  std::vector<size_t> distances(b.size() + 1);
  std::iota(distances.begin(), distances.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = distances[0];
    distances[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = distances[j];
      distances[j] = std::min({replaced, distances[j] + 1, distances[j - 1] + 1});
    }
  }
  return distances.back();
}

}  // namespace

std::string Closest(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr size_t kNameSizeMax = 256;  // bounds the work on hostile names
  if (name.size() > kNameSizeMax) return "";
  size_t best_distance = std::max<size_t>(2, name.size() / 3) + 1;
  std::string best;
  for (const std::string& candidate : candidates) {
    const size_t distance = EditDistance(name, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string Suggestion(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr size_t kListedMax = 20;
  if (candidates.empty()) return "there are none";
  const std::string closest = Closest(name, candidates);
  const auto listed_end =
      candidates.begin() + static_cast<ptrdiff_t>(std::min(candidates.size(), kListedMax));
  return Concat(closest.empty() ? "" : Concat("did you mean ", closest, "? "),
                "allowed: ", absl::StrJoin(candidates.begin(), listed_end, ", "),
                candidates.size() > kListedMax ? ", ..." : "");
}

}  // namespace troupe::config
