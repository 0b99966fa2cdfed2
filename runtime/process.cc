#include "runtime/process.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <ctime>
#include <filesystem>
#include <system_error>

#include "runtime/reactor/memory.h"

namespace troupe {
namespace {

// Since Linux 6.2 the folder's size is their number (Documentation/filesystems/proc.rst, 3.14); to
// read the folder costs a microsecond for each.
uint64_t OpenDescriptors() {
  struct stat folder {};
  if (stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0) {
    return static_cast<uint64_t>(folder.st_size);
  }
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  uint64_t count = 0;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
  return count > 0 ? count - 1 : 0;  // without the one that reads the folder
}

}  // namespace

ProcessReading ReadProcess() {
  ProcessReading reading;
  reading.resident_bytes = ResidentBytes();
  reading.open_descriptors = OpenDescriptors();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) reading.descriptors_max = limit.rlim_cur;
  timespec cpu{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0) {
    reading.cpu = absl::DurationFromTimespec(cpu);
  }
  return reading;
}

}  // namespace troupe
