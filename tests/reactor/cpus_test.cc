#include "runtime/reactor/cpus.h"

#include <gtest/gtest.h>
#include <sched.h>

namespace troupe {
namespace {

TEST(Cpus, ReadsAQuotaAndRoundsItUp) {
  struct Case {
    const char* cpu_max;
    int cpus;
  };
  for (const Case& each : {
           Case{"100000 100000", 1},
           Case{"150000 100000", 2},
           Case{"200000 100000\n", 2},
           Case{"200001 100000", 3},
           Case{"1000 100000", 1},
           Case{"50000 50000", 1},
           Case{"max 100000", 0},
           Case{"", 0},
           Case{"100000", 0},
           Case{"0 100000", 0},
           Case{"-1 100000", 0},
           Case{"100000 0", 0},
           Case{"nonsense", 0},
       }) {
    EXPECT_EQ(CpusOfQuota(each.cpu_max), each.cpus) << each.cpu_max;
  }
}

TEST(Cpus, AreThoseOfTheAffinityMask) {
  cpu_set_t set;
  CPU_ZERO(&set);
  ASSERT_EQ(sched_getaffinity(0, sizeof(set), &set), 0);
  std::vector<int> cpus = AllowedCpus();
  EXPECT_EQ(cpus.size(), static_cast<size_t>(CPU_COUNT(&set)));
  for (int cpu : cpus) EXPECT_TRUE(CPU_ISSET(cpu, &set)) << cpu;
}

TEST(Cpus, AreAtLeastOneAndNotMoreThanTheAffinityMaskHas) {
  EXPECT_GE(AvailableCpus(), 1);
  EXPECT_LE(AvailableCpus(), static_cast<int>(AllowedCpus().size()));
}

}  // namespace
}  // namespace troupe
