#include "runtime/telemetry/log.h"

#include <fcntl.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

#include "runtime/telemetry/log_output.h"

namespace troupe::telemetry {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames = {"DEBUG", "INFO", "WARNING", "ERROR"};

// Both enums rise from debug to error.
static_assert(spdlog::level::err - spdlog::level::debug == kLevelNames.size() - 1);
spdlog::level::level_enum ToSpdlog(LogLevel level) {
  return static_cast<spdlog::level::level_enum>(spdlog::level::debug + static_cast<int>(level));
}
std::string_view LevelName(spdlog::level::level_enum level) {
  return kLevelNames.at(static_cast<size_t>(level - spdlog::level::debug));
}

std::string_view View(spdlog::string_view_t text) { return {text.data(), text.size()}; }

std::string FormatLine(absl::Time time, std::string_view level, std::string_view component,
                       std::string_view message, LineFormat format) {
  const bool json = format == LineFormat::kJson;
  std::string line = json ? R"({"time":")" : "";
  line += absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
  line += json ? R"(","level":")" : " ";
  line += level;
  line += json ? R"(","component":")" : " ";
  AppendEscaped(line, component, format);
  line += json ? R"(","message":")" : ": ";
  AppendEscaped(line, message, format);
  line += json ? "\"}\n" : "\n";
  return line;
}

// Formats lines and writes them; called by the log's thread only.
class LineSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  LineSink(int fd, LineFormat format) : output_(fd), format_(format) {}
  void GiveUpAfter(absl::Duration patience) { output_.GiveUpAfter(patience); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    output_.Write(FormatLine(absl::FromChrono(message.time), LevelName(message.level),
                             View(message.logger_name), View(message.payload), format_));
  }
  void flush_() override {}

 private:
  LogOutput output_;
  const LineFormat format_;
};

// A running log. Members end in reverse: the pool writes what is queued and joins its thread, then
// the rest goes.
class RunningLog {
 public:
  explicit RunningLog(const LogOptions& options)
      : sink_(std::make_shared<LineSink>(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0), options.format)),
        logger_(std::make_shared<spdlog::async_logger>(
            "troupe", sink_, std::weak_ptr<spdlog::details::thread_pool>())),
        pool_(options.queue_lines_max, 1) {
    logger_->set_level(spdlog::level::trace);
  }

  // Handed to the pool and not to the logger, for the component takes the place of the logger's
  // name; so the logger needs no pool of its own.
  void Write(LogLevel level, std::string_view component, std::string_view text) {
    const spdlog::details::log_msg message({component.data(), component.size()}, ToSpdlog(level),
                                           {text.data(), text.size()});
    pool_.post_log(std::shared_ptr(logger_), message,
                   spdlog::async_overflow_policy::overrun_oldest);
  }
  uint64_t lines_dropped() { return pool_.overrun_counter(); }
  void GiveUpAfter(absl::Duration patience) { sink_->GiveUpAfter(patience); }

 private:
  std::shared_ptr<LineSink> sink_;
  std::shared_ptr<spdlog::async_logger> logger_;
  spdlog::details::thread_pool pool_;
};

// Shared by those who log, alone for those who start and stop the log. A standard mutex, for
// ThreadSanitizer sees into it.
std::shared_mutex running_mutex;
std::unique_ptr<RunningLog> running;
LogLevels log_levels{LogLevel::kOff, {}};
uint64_t dropped_before = 0;  // by logs that were shut down

}  // namespace

std::string InfoLine(std::string_view component, std::string_view message, LineFormat format) {
  return FormatLine(absl::Now(), kLevelNames[static_cast<size_t>(LogLevel::kInfo)], component,
                    message, format);
}

void InitLog(const LogOptions& options) {
  ShutdownLog();
  {
    const std::unique_lock lock(running_mutex);
    running = std::make_unique<RunningLog>(options);
  }
  SetLogLevel(options.level);
}

void ShutdownLog(absl::Duration patience) {
  SetLogLevel(LogLevel::kOff);
  std::unique_ptr<RunningLog> ending;
  {
    const std::unique_lock lock(running_mutex);
    ending = std::move(running);
    if (ending == nullptr) return;
    ending->GiveUpAfter(patience);
    dropped_before += ending->lines_dropped();
  }
}

void SetLogLevel(LogLevel level) { SetLogLevels({level, {}}); }

void SetLogLevels(LogLevels levels) {
  const std::unique_lock lock(running_mutex);
  log_levels = std::move(levels);
  internal::log_level.store(log_levels.Least(), std::memory_order_relaxed);
}

LogLevels GetLogLevels() {
  const std::shared_lock lock(running_mutex);
  return log_levels;
}

uint64_t LogLinesDropped() {
  const std::shared_lock lock(running_mutex);
  return dropped_before + (running == nullptr ? 0 : running->lines_dropped());
}

void Log(LogLevel level, std::string_view component, std::string_view message) {
  if (level == LogLevel::kOff || !LogEnabled(level)) return;
  const std::shared_lock lock(running_mutex);
  if (running != nullptr && level >= log_levels.Of(component))
    running->Write(level, component, message);
}

bool LogOncePer::Due(absl::Time now) {
  const int64_t now_nanos = absl::ToUnixNanos(now);
  int64_t next = next_nanos_.load(std::memory_order_relaxed);
  return now_nanos >= next &&
         next_nanos_.compare_exchange_strong(next, absl::ToUnixNanos(now + interval_));
}

}  // namespace troupe::telemetry
