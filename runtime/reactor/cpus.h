// How many processors this process may use. Any thread; read at start.
#pragma once

#include <string>
#include <vector>

namespace troupe {

// Those of the affinity mask.
std::vector<int> AllowedCpus();

// The smaller of the affinity mask's number and the container's quota (cgroup v2 cpu.max), rounded
// up. At least 1.
int AvailableCpus();

// What one cpu.max says ("150000 100000" is 2); 0 for no limit or text that is not understood.
int CpusOfQuota(const std::string& cpu_max);

}  // namespace troupe
