#include "runtime/policy/memory_governor.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

namespace troupe::policy {
namespace {

using Level = MemoryLevel;

// Begins at 80, 90 and 95 of 100, ends 3 below.
Level Next(Level level, uint64_t used) { return NextMemoryLevel({}, level, used, 100); }

TEST(MemoryGovernor, LevelsBeginAtTheirThresholdsAndEndBelowThem) {
  struct Case {
    Level level;
    uint64_t used;
    Level next;
  };
  for (const Case& c : std::vector<Case>{
           {Level::kNormal, 79, Level::kNormal},
           {Level::kNormal, 80, Level::kNoKeepAlive},
           {Level::kNormal, 90, Level::kShedLow},
           {Level::kNormal, 95, Level::kPauseAccept},
           {Level::kNormal, 200, Level::kPauseAccept},
           {Level::kNoKeepAlive, 77, Level::kNoKeepAlive},
           {Level::kNoKeepAlive, 76, Level::kNormal},
           {Level::kNoKeepAlive, 89, Level::kNoKeepAlive},
           {Level::kShedLow, 88, Level::kShedLow},
           {Level::kShedLow, 86, Level::kNoKeepAlive},
           {Level::kPauseAccept, 92, Level::kPauseAccept},
           {Level::kPauseAccept, 91, Level::kShedLow},
           {Level::kPauseAccept, 78, Level::kNoKeepAlive},
           {Level::kPauseAccept, 10, Level::kNormal},
       }) {
    EXPECT_EQ(MemoryLevelName(Next(c.level, c.used)), MemoryLevelName(c.next))
        << MemoryLevelName(c.level) << " at " << c.used;
  }
}

TEST(MemoryGovernor, UseThatWaversAroundAThresholdChangesTheLevelOnce) {
  Level level = Level::kNormal;
  int changes = 0;
  for (int i = 0; i < 100; ++i) {
    const Level next = Next(level, i % 2 == 0 ? 91 : 89);
    changes += next != level;
    level = next;
  }
  EXPECT_EQ(changes, 1);
}

TEST(MemoryGovernor, WithoutLimitAllIsNormal) {
  for (const uint64_t limit : {kNoMemoryLimit, uint64_t{0}}) {
    EXPECT_EQ(NextMemoryLevel({}, Level::kPauseAccept, UINT64_MAX - 1, limit), Level::kNormal);
  }
}

TEST(MemoryGovernor, ReadsWhatCgroupFilesSay) {
  struct Case {
    std::string_view text;
    std::optional<uint64_t> bytes;
  };
  for (const Case& c : std::vector<Case>{
           {"max\n", kNoMemoryLimit},
           {"max", kNoMemoryLimit},
           {"0\n", 0},
           {"536870912\n", 536870912},
           {"18446744073709551615", UINT64_MAX},
           {"18446744073709551616", std::nullopt},
           {"", std::nullopt},
           {"\n", std::nullopt},
           {"-1", std::nullopt},
           {"+1", std::nullopt},
           {" 1", std::nullopt},
           {"1 2", std::nullopt},
           {"1k", std::nullopt},
           {"maximum", std::nullopt},
       }) {
    EXPECT_EQ(ParseCgroupBytes(c.text), c.bytes) << '"' << c.text << '"';
  }
}

TEST(MemoryGovernor, ReadsOneFigureOfMemoryStat) {
  constexpr std::string_view kStat = "anon 4096\nfile 8192\ninactive_file 512\nslab\nlast 7";
  struct Case {
    std::string_view key;
    std::optional<uint64_t> bytes;
  };
  for (const Case& c : std::vector<Case>{{"anon", 4096},
                                         {"inactive_file", 512},
                                         {"last", 7},
                                         {"inactive", std::nullopt},
                                         {"slab", std::nullopt},
                                         {"", std::nullopt}}) {
    EXPECT_EQ(ParseCgroupStat(kStat, c.key), c.bytes) << c.key;
  }
  EXPECT_EQ(ParseCgroupStat("", "anon"), std::nullopt);
}

}  // namespace
}  // namespace troupe::policy
