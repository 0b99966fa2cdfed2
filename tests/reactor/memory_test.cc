#include "runtime/reactor/memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/reactor/cgroup.h"
#include "tests/telemetry/temp_dir.h"

namespace troupe {
namespace {

class ContainerMemoryTest : public testing::Test {
 protected:
  // A directory as the kernel shows it; an empty text is a file that is not there.
  std::string Cgroup(const std::string& name, const std::string& max, const std::string& current,
                     const std::string& stat) {
    std::filesystem::create_directory(folder_.File(name));
    Write(name + "/memory.max", max);
    Write(name + "/memory.current", current);
    Write(name + "/memory.stat", stat);
    return folder_.File(name);
  }

 private:
  void Write(const std::string& file, const std::string& text) {
    if (!text.empty()) std::ofstream(folder_.File(file)) << text;
  }
  telemetry::TempDir folder_;
};

TEST_F(ContainerMemoryTest, IsWhatIsInUseWithoutPageCacheThatIsTakenBackFirst) {
  const ContainerMemory memory = ReadContainerMemory(
      {Cgroup("own", "1000\n", "700\n", "anon 500\ninactive_file 150\nactive_file 50\n")});
  EXPECT_EQ(memory.used, 550u);
  EXPECT_EQ(memory.limit, 1000u);
}

TEST_F(ContainerMemoryTest, IsThatOfTheTightestLimitAbove) {
  const ContainerMemory memory = ReadContainerMemory({Cgroup("own", "max\n", "100\n", ""),
                                                      Cgroup("above", "2000\n", "900\n", ""),
                                                      Cgroup("top", "3000\n", "2500\n", "")});
  EXPECT_EQ(memory.used, 900u);
  EXPECT_EQ(memory.limit, 2000u);
}

TEST_F(ContainerMemoryTest, HasNoLimitWhereNoneCanBeRead) {
  for (const std::vector<std::string>& directories : std::vector<std::vector<std::string>>{
           {},
           {Cgroup("none", "", "", "")},
           {Cgroup("max", "max\n", "100\n", "")},
           {Cgroup("odd", "much\n", "100\n", "")},
           {Cgroup("blind", "1000\n", "", "")},
       }) {
    EXPECT_EQ(ReadContainerMemory(directories).limit, policy::kNoMemoryLimit);
  }
}

TEST_F(ContainerMemoryTest, MoreCacheThanIsInUseIsNotLessThanNothing) {
  EXPECT_EQ(ReadContainerMemory({Cgroup("own", "1000\n", "100\n", "inactive_file 200\n")}).used,
            0u);
}

TEST(Memory, OfThisProcessIsRead) {
  const MemoryReading memory = ReadMemory();
  EXPECT_GT(memory.resident, 0u);
  EXPECT_GT(memory.container.limit, 0u);
}

TEST(Cgroup, DirectoriesLeadFromTheOwnOneToTheTop) {
  const std::vector<std::string> directories = CgroupDirectories();
  for (size_t i = 1; i < directories.size(); ++i) {
    EXPECT_TRUE(directories[i - 1].starts_with(directories[i])) << directories[i];
  }
}

}  // namespace
}  // namespace troupe
