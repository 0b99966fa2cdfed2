#include "runtime/telemetry/access_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/telemetry/temp_dir.h"

namespace troupe::telemetry {
namespace {

AccessRecord RecordNumber(uint64_t id) {
  AccessRecord record;
  record.id = id;
  record.client = "192.0.2.7";
  record.method = "GET";
  record.target = "/";
  record.status = 200;
  return record;
}

std::unique_ptr<AccessLog> OpenLog(const AccessLogOptions& options, size_t reactors = 1) {
  absl::StatusOr<std::unique_ptr<AccessLog>> log = AccessLog::Open(options, reactors);
  EXPECT_TRUE(log.ok()) << log.status();
  return log.ok() ? *std::move(log) : nullptr;
}

TEST(AccessLog, HasEveryLineOfEveryReactorInOrderAfterItsEnd) {
  constexpr uint64_t kLines = 2'000;
  const TempDir dir;
  auto log = OpenLog({.path = dir.File("log")}, 2);
  std::vector<std::thread> reactors;
  for (uint64_t reactor = 0; reactor < 2; ++reactor) {
    reactors.emplace_back([&log, reactor] {
      for (uint64_t i = 0; i < kLines; ++i)
        log->ring(reactor).Append(RecordNumber(2 * i + reactor));
    });
  }
  for (std::thread& reactor : reactors) reactor.join();
  EXPECT_EQ(log->lines_dropped(), 0u);
  log.reset();

  std::ifstream file(dir.File("log"));
  uint64_t next[2] = {0, 1};
  for (std::string line; std::getline(file, line);) {
    const size_t at = line.find(" id=");
    ASSERT_NE(at, std::string::npos) << line;
    const uint64_t id = std::stoull(line.substr(at + 4));
    ASSERT_EQ(id, next[id % 2]) << "of reactor " << id % 2;
    next[id % 2] += 2;
  }
  EXPECT_EQ(next[0], 2 * kLines);
  EXPECT_EQ(next[1], 2 * kLines + 1);
}

// The lines that come while the thread sleeps, and those that come while it collects a batch.
TEST(AccessLog, WritesALineWithoutWaitingForMore) {
  const TempDir dir;
  const std::string path = dir.File("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDWR | O_CLOEXEC);
  auto log = OpenLog({.path = path});
  for (uint64_t id = 0; id < 20; ++id) {
    while (id % 2 == 0 && !log->idle()) std::this_thread::yield();
    log->ring(0).Append(RecordNumber(id));
    char line[1024];
    const ssize_t size = read(reader, line, sizeof line);  // waits for the line
    ASSERT_GT(size, 0);
    EXPECT_NE(std::string(line, static_cast<size_t>(size)).find(" id=" + std::to_string(id) + " "),
              std::string::npos);
  }
  log.reset();
  close(reader);
}

TEST(AccessLog, DropsAndCountsALineForWhichTheRingHasNoRoom) {
  const TempDir dir;
  auto log = OpenLog({.path = dir.File("log"), .ring_bytes = 16});
  for (uint64_t id = 0; id < 3; ++id) log->ring(0).Append(RecordNumber(id));
  EXPECT_EQ(log->lines_dropped(), 3u);
  log.reset();
  EXPECT_EQ(ReadFile(dir.File("log")), "");
}

TEST(AccessLog, CountsLinesThatTheFileDoesNotTake) {
  auto log = OpenLog({.path = "/dev/full"});
  log->ring(0).Append(RecordNumber(1));
  log->ring(0).Append(RecordNumber(2));
  while (log->lines_dropped() < 2) std::this_thread::yield();
  EXPECT_EQ(log->lines_dropped(), 2u);
}

TEST(AccessLog, EndsThoughNobodyReadsIt) {
  const TempDir dir;
  const std::string path = dir.File("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDWR | O_CLOEXEC);
  auto log = OpenLog({.path = path, .patience = absl::ZeroDuration()});
  for (uint64_t id = 0; id < 2'000; ++id) log->ring(0).Append(RecordNumber(id));
  log.reset();
  close(reader);
}

TEST(AccessLog, WritesToTheNewFileAfterItWasRenamedAndReopened) {
  const TempDir dir;
  auto log = OpenLog({.path = dir.File("log")});
  std::filesystem::rename(dir.File("log"), dir.File("log.1"));
  ASSERT_TRUE(log->Reopen().ok());
  log->ring(0).Append(RecordNumber(1));
  log.reset();
  EXPECT_EQ(ReadFile(dir.File("log.1")), "");
  EXPECT_NE(ReadFile(dir.File("log")).find(" id=1 "), std::string::npos);
}

TEST(AccessLog, StaysWithTheOldFileWhenTheNewOneCannotBeOpened) {
  const TempDir dir;
  std::filesystem::create_directory(dir.File("logs"));
  auto log = OpenLog({.path = dir.File("logs/log")});
  std::filesystem::rename(dir.File("logs"), dir.File("moved"));
  EXPECT_FALSE(log->Reopen().ok());
  log->ring(0).Append(RecordNumber(1));
  log.reset();
  EXPECT_NE(ReadFile(dir.File("moved/log")).find(" id=1 "), std::string::npos);
}

TEST(AccessLog, DoesNotStartWithoutItsFile) {
  const TempDir dir;
  EXPECT_FALSE(AccessLog::Open({.path = dir.File("missing/log")}, 1).ok());
}

}  // namespace
}  // namespace troupe::telemetry
