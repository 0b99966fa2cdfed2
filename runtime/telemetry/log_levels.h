// How severe a line of the server log must be to be written: for all components, and for those that
// have a level of their own. A value.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace troupe::telemetry {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError, kOff };

struct LogLevels {
  LogLevel all = LogLevel::kInfo;
  std::map<std::string, LogLevel, std::less<>> components;

  LogLevel Of(std::string_view component) const;
  // What is below it is written by no component.
  LogLevel Least() const;
};

}  // namespace troupe::telemetry
