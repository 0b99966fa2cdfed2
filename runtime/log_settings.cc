#include "runtime/log_settings.h"

namespace troupe {

telemetry::LogLevel LevelOf(config::v1::Log::Level level) {
  switch (level) {
    case config::v1::Log::DEBUG:
      return telemetry::LogLevel::kDebug;
    case config::v1::Log::OFF:
      return telemetry::LogLevel::kOff;
    case config::v1::Log::WARNING:
      return telemetry::LogLevel::kWarning;
    case config::v1::Log::ERROR:
      return telemetry::LogLevel::kError;
    default:
      return telemetry::LogLevel::kInfo;
  }
}

}  // namespace troupe
