#include "runtime/telemetry/log_output.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>

#include "tests/telemetry/pipe.h"
#include "tests/telemetry/temp_dir.h"

namespace troupe::telemetry {
namespace {

TEST(LogOutput, AppendsToAFileThatIsThere) {
  const TempDir dir;
  for (const std::string_view line : {"one\n", "two\n"}) {
    const absl::StatusOr<int> fd = OpenLogFile(dir.File("log"));
    ASSERT_TRUE(fd.ok()) << fd.status();
    EXPECT_EQ(LogOutput(*fd).Write(line), line.size());
  }
  EXPECT_EQ(ReadFile(dir.File("log")), "one\ntwo\n");
}

TEST(LogOutput, AFileThatCannotBeOpenedIsNamed) {
  const TempDir dir;
  const std::string path = dir.File("missing/log");
  const absl::StatusOr<int> fd = OpenLogFile(path);
  ASSERT_FALSE(fd.ok());
  EXPECT_THAT(std::string(fd.status().message()), testing::HasSubstr(path));
}

TEST(LogOutput, TellsAnErrorOfTheFile) {
  LogOutput output(open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(output.Write("line\n"), 0u);
  EXPECT_EQ(errno, ENOSPC);
}

TEST(LogOutput, WaitsForAReaderThatReadsLate) {
  Pipe pipe;
  LogOutput output(pipe.DupWriteEnd());
  const std::string bytes(1 << 20, 'x');  // more than a pipe holds
  std::thread writer([&] { EXPECT_EQ(output.Write(bytes), bytes.size()); });
  EXPECT_EQ(pipe.Read(bytes.size()), bytes);
  writer.join();
}

TEST(LogOutput, GivesUpOnAReaderThatDoesNotRead) {
  Pipe pipe;
  pipe.Fill();
  LogOutput output(pipe.DupWriteEnd());
  std::thread writer([&] {
    EXPECT_EQ(output.Write("line\n"), 0u);
    EXPECT_EQ(errno, ETIMEDOUT);
  });
  output.GiveUpAfter(absl::ZeroDuration());
  writer.join();
}

ptrdiff_t OpenDescriptors() {
  using Entries = std::filesystem::directory_iterator;
  return std::distance(Entries("/proc/self/fd"), Entries());
}

TEST(LogOutput, WritesToTheReplacementFromThenOn) {
  const TempDir dir;
  const ptrdiff_t descriptors = OpenDescriptors();
  LogOutput output(*OpenLogFile(dir.File("old")));
  output.Write("before\n");
  output.Replace(*OpenLogFile(dir.File("never used")));
  output.Replace(*OpenLogFile(dir.File("new")));
  output.Write("after\n");
  EXPECT_EQ(OpenDescriptors(), descriptors + 1);
  EXPECT_EQ(ReadFile(dir.File("old")), "before\n");
  EXPECT_EQ(ReadFile(dir.File("never used")), "");
  EXPECT_EQ(ReadFile(dir.File("new")), "after\n");
}

}  // namespace
}  // namespace troupe::telemetry
