#include "runtime/reactor/memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "runtime/policy/memory_governor.h"

namespace troupe {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

uint64_t ResidentBytes() {
  std::istringstream statm(ReadFile("/proc/self/statm"));
  uint64_t total = 0;
  uint64_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

ContainerMemory ReadContainerMemory() {
  const std::string root = "/sys/fs/cgroup/";
  ContainerMemory memory;
  memory.limit =
      policy::ParseCgroupBytes(ReadFile(root + "memory.max")).value_or(policy::kNoMemoryLimit);
  memory.used = policy::ParseCgroupBytes(ReadFile(root + "memory.current")).value_or(0);
  memory.used -= std::min(
      memory.used,
      policy::ParseCgroupStat(ReadFile(root + "memory.stat"), "inactive_file").value_or(0));
  return memory;
}

}  // namespace troupe
