#include "admin/sampler.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"

namespace troupe::admin {
namespace {

google::protobuf::Duration ProcessorTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  google::protobuf::Duration time;
  const int64_t micros = int64_t{usage.ru_utime.tv_usec} + usage.ru_stime.tv_usec;
  time.set_seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + micros / 1'000'000);
  time.set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
  return time;
}

int64_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  int64_t size = 0;
  int64_t resident = 0;
  file >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

int64_t OpenDescriptors() {
  std::error_code error;
  std::filesystem::directory_iterator entries("/proc/self/fd", error);
  return error ? 0 : std::distance(begin(entries), end(entries)) - 1;  // without its own
}

}  // namespace

std::shared_ptr<const v1::StatsSnapshot> Sampler::Take() {
  const std::lock_guard lock(mutex_);
  if (absl::Now() - taken_at_ < kAge) return sample_;
  auto sample = std::make_shared<v1::StatsSnapshot>(control_.Stats());
  *sample->mutable_cpu_time() = ProcessorTime();
  sample->set_resident_bytes(ResidentBytes());
  sample->set_descriptors(OpenDescriptors());
  sample_ = std::move(sample);
  taken_at_ = absl::Now();
  return sample_;
}

}  // namespace troupe::admin
