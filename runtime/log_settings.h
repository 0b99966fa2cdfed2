// The server log as the configuration describes it. Stateless; any thread.
#pragma once

#include "runtime/telemetry/log.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe {

telemetry::LogLevel LevelOf(config::v1::Log::Level level);

}  // namespace troupe
