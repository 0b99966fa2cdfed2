#include "runtime/telemetry/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/telemetry/pipe.h"

namespace troupe::telemetry {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

// What the log writes to standard error while `speak` runs.
template <typename Speak>
std::string Written(const LogOptions& options, Speak speak) {
  testing::internal::CaptureStderr();
  InitLog(options);
  speak();
  ShutdownLog();
  return testing::internal::GetCapturedStderr();
}

TEST(Log, TextLineHasTimeLevelComponentAndMessage) {
  const std::string written = Written({}, [] { LogInfo("listener", "listening on [::1]:8080"); });
  EXPECT_THAT(written, MatchesRegex("[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z INFO listener: "
                                    "listening on \\[::1\\]:8080\n"));
}

TEST(Log, JsonLineIsOneObject) {
  const std::string written =
      Written({.format = LineFormat::kJson}, [] { LogError("pool \"a\"", "failed\n"); });
  const nlohmann::json line = nlohmann::json::parse(written);
  EXPECT_EQ(line["level"], "ERROR");
  EXPECT_EQ(line["component"], "pool \"a\"");
  EXPECT_EQ(line["message"], "failed\n");
  EXPECT_THAT(line["time"].get<std::string>(), MatchesRegex("[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z"));
}

TEST(Log, AMessageCannotForgeALine) {
  const std::string written =
      Written({}, [] { LogWarning("connection", "bad\r\n2025-01-01 ERROR forged \x1b[31m"); });
  EXPECT_EQ(written.find_first_of("\r\n\x1b"), written.size() - 1);
  EXPECT_THAT(written, HasSubstr("bad\\x0D\\x0A2025"));
}

TEST(Log, AComponentMayHaveALevelOfItsOwn) {
  const std::string written = Written({.level = LogLevel::kWarning}, [] {
    SetLogLevels({LogLevel::kWarning, {{"pool a", LogLevel::kDebug}, {"drain", LogLevel::kOff}}});
    EXPECT_TRUE(LogEnabled(LogLevel::kDebug)) << "somebody writes it";
    LogDebug("pool a", "detail");
    LogDebug("pool b", "quiet");
    LogWarning("pool b", "loud");
    LogError("drain", "silent");
  });
  EXPECT_THAT(written, HasSubstr("detail"));
  EXPECT_THAT(written, HasSubstr("loud"));
  EXPECT_THAT(written, Not(HasSubstr("quiet")));
  EXPECT_THAT(written, Not(HasSubstr("silent")));
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  const std::string written = Written({.level = LogLevel::kWarning}, [] {
    EXPECT_FALSE(LogEnabled(LogLevel::kInfo));
    EXPECT_TRUE(LogEnabled(LogLevel::kWarning));
    LogInfo("a", "quiet");
    LogWarning("a", "loud");
    SetLogLevel(LogLevel::kDebug);
    LogDebug("a", "detail");
  });
  EXPECT_THAT(written, Not(HasSubstr("quiet")));
  EXPECT_THAT(written, HasSubstr("loud"));
  EXPECT_THAT(written, HasSubstr("detail"));
}

TEST(Log, DiscardsLinesBeforeItsStartAndAfterItsEnd) {
  const std::string written = Written({}, [] {
    ShutdownLog();
    EXPECT_FALSE(LogEnabled(LogLevel::kError));
    LogError("a", "late");
  });
  EXPECT_EQ(written, "");
}

TEST(Log, WritesLinesOfAllThreadsBeforeItEnds) {
  constexpr int kThreads = 4, kLines = 100;
  const std::string written = Written({.queue_lines_max = kThreads * kLines}, [] {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([] {
        for (int n = 0; n < kLines; ++n) LogInfo("thread", "line");
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), kThreads * kLines);
}

TEST(Log, DropsAndCountsTheOldestLinesWhenNobodyReads) {
  Pipe pipe;
  pipe.Fill();
  const int real_stderr = dup(STDERR_FILENO);
  dup2(pipe.write_end(), STDERR_FILENO);
  InitLog({.queue_lines_max = 4});
  dup2(real_stderr, STDERR_FILENO);
  close(real_stderr);

  const uint64_t before = LogLinesDropped();
  for (int i = 0; i < 10; ++i) LogInfo("a", "line");
  const uint64_t dropped = LogLinesDropped() - before;
  EXPECT_GE(dropped, 5u) << "four are in the queue, one at most with the log's thread";
  EXPECT_LE(dropped, 6u);
  ShutdownLog(absl::ZeroDuration());
  EXPECT_EQ(LogLinesDropped() - before, dropped) << "the count outlives the log";
}

TEST(LogOncePer, IsDueOnceInEachInterval) {
  LogOncePer report(absl::Minutes(1));
  const absl::Time start = absl::FromUnixSeconds(1'000'000);
  EXPECT_TRUE(report.Due(start));
  EXPECT_FALSE(report.Due(start + absl::Seconds(59)));
  EXPECT_TRUE(report.Due(start + absl::Seconds(60)));
  EXPECT_FALSE(report.Due(start + absl::Seconds(119)));
}

}  // namespace
}  // namespace troupe::telemetry
