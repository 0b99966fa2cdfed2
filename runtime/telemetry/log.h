// The server log: lines on standard error, in text or JSON, written by a thread of its own. A
// caller never waits for the reader of the log: when the queue is full its oldest line is dropped
// and counted. Messages and component names are escaped, so nothing a client sends can forge a
// line.
//
// Any thread may log. Before InitLog and after ShutdownLog lines are discarded.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/telemetry/line.h"
#include "runtime/telemetry/log_levels.h"

namespace troupe::telemetry {

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LineFormat format = LineFormat::kText;
  size_t queue_lines_max = 1024;  // about 400 bytes of memory each
};

// Starts the log and its thread; a log that is running is shut down first.
void InitLog(const LogOptions& options);

// Writes what is queued and ends the thread. Waits at most `patience` for a reader that does not
// read.
void ShutdownLog(absl::Duration patience = absl::Seconds(1));

// The level of all components, and the levels with those of single ones.
void SetLogLevel(LogLevel level);
void SetLogLevels(LogLevels levels);
LogLevels GetLogLevels();
// Lines dropped since the program began because the queue was full.
uint64_t LogLinesDropped();

namespace internal {
inline std::atomic<LogLevel> log_level{LogLevel::kOff};
}  // namespace internal

// For callers whose message is costly to build: whether any component writes it.
inline bool LogEnabled(LogLevel level) {
  return level >= internal::log_level.load(std::memory_order_relaxed);
}

// `component` names the part that speaks ("listener", "pool hello").
void Log(LogLevel level, std::string_view component, std::string_view message);

inline void LogDebug(std::string_view component, std::string_view message) {
  Log(LogLevel::kDebug, component, message);
}
inline void LogInfo(std::string_view component, std::string_view message) {
  Log(LogLevel::kInfo, component, message);
}
inline void LogWarning(std::string_view component, std::string_view message) {
  Log(LogLevel::kWarning, component, message);
}
inline void LogError(std::string_view component, std::string_view message) {
  Log(LogLevel::kError, component, message);
}

// The line that LogInfo would write, for those who write it elsewhere.
std::string InfoLine(std::string_view component, std::string_view message, LineFormat format);

// Keeps a condition that lasts from filling the log: true for the first call, then once per
// interval. Any thread.
class LogOncePer {
 public:
  explicit LogOncePer(absl::Duration interval) : interval_(interval) {}
  bool Due(absl::Time now = absl::Now());

 private:
  const absl::Duration interval_;
  std::atomic<int64_t> next_nanos_{INT64_MIN};
};

}  // namespace troupe::telemetry
