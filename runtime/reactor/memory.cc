#include "runtime/reactor/memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "runtime/reactor/cgroup.h"

namespace troupe {
namespace {

// Empty when there is none.
std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t total = 0;
  uint64_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

ContainerMemory ReadContainerMemory(const std::vector<std::string>& directories) {
  ContainerMemory memory;
  for (const std::string& directory : directories) {
    const uint64_t limit = policy::ParseCgroupBytes(TextOf(directory + "/memory.max"))
                               .value_or(policy::kNoMemoryLimit);
    if (limit >= memory.limit) continue;
    const auto current = policy::ParseCgroupBytes(TextOf(directory + "/memory.current"));
    if (!current) continue;
    const uint64_t cache =
        policy::ParseCgroupStat(TextOf(directory + "/memory.stat"), "inactive_file").value_or(0);
    memory = {*current - std::min(cache, *current), limit};
  }
  return memory;
}

MemoryReading ReadMemory() { return {ResidentBytes(), ReadContainerMemory(CgroupDirectories())}; }

}  // namespace troupe
