#include "runtime/telemetry/redact.h"

#include <algorithm>
#include <array>

#include "absl/strings/match.h"

namespace troupe::telemetry {

bool IsCredential(std::string_view field_name) {
  constexpr std::array<std::string_view, 5> kCredentials = {"authorization", "proxy-authorization",
                                                            "cookie", "set-cookie", "x-api-key"};
  return std::any_of(kCredentials.begin(), kCredentials.end(), [&](std::string_view each) {
    return absl::EqualsIgnoreCase({each.data(), each.size()},
                                  {field_name.data(), field_name.size()});
  });
}

std::string RedactTarget(std::string_view target) {
  size_t question = target.find('?');
  if (question == std::string_view::npos) return std::string(target);
  std::string shown(target.substr(0, question + 1));
  std::string_view query = target.substr(question + 1);
  while (!query.empty()) {
    size_t end = std::min(query.find('&'), query.size());
    std::string_view pair = query.substr(0, end);
    size_t equals = pair.find('=');
    shown += pair.substr(0, equals);
    if (equals != std::string_view::npos) shown.append("=").append(kRedacted);
    if (end < query.size()) shown += '&';
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return shown;
}

}  // namespace troupe::telemetry
