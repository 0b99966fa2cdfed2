#include "runtime/telemetry/log_levels.h"

#include <algorithm>

namespace troupe::telemetry {

LogLevel LogLevels::Of(std::string_view component) const {
  const auto at = components.find(component);
  return at == components.end() ? all : at->second;
}

LogLevel LogLevels::Least() const {
  LogLevel least = all;
  for (const auto& [name, level] : components) least = std::min(least, level);
  return least;
}

}  // namespace troupe::telemetry
