#include "runtime/reactor/cgroup.h"

#include <fstream>

namespace troupe {
namespace {

constexpr char kRoot[] = "/sys/fs/cgroup";

}  // namespace

std::vector<std::string> CgroupDirectories() {
  std::vector<std::string> directories;
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::")) continue;
    std::string directory = kRoot + line.substr(3);
    for (; directory.size() >= sizeof(kRoot) - 1; directory.resize(directory.rfind('/'))) {
      directories.push_back(directory);
    }
    break;
  }
  return directories;
}

}  // namespace troupe
