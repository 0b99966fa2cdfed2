#include "runtime/reactor/cpus.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "runtime/reactor/cgroup.h"

namespace troupe {
namespace {

int QuotaOf(const std::string& directory) {
  std::ifstream file(directory + "/cpu.max");
  std::string line;
  return std::getline(file, line) ? CpusOfQuota(line) : 0;
}

}  // namespace

std::vector<int> AllowedCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return {0};
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

int CpusOfQuota(const std::string& cpu_max) {
  std::istringstream text(cpu_max);
  long quota = 0;
  long period = 0;
  if (!(text >> quota >> period) || quota <= 0 || period <= 0) return 0;
  return static_cast<int>((quota + period - 1) / period);
}

int AvailableCpus() {
  int cpus = std::max<int>(1, static_cast<int>(AllowedCpus().size()));
  for (const std::string& directory : CgroupDirectories()) {
    if (int quota = QuotaOf(directory); quota > 0) cpus = std::min(cpus, quota);
  }
  return cpus;
}

}  // namespace troupe
