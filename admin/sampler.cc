#include "admin/sampler.h"

#include "absl/time/clock.h"
#include "runtime/actors/proto_time.h"
#include "runtime/process.h"

namespace troupe::admin {

std::shared_ptr<const v1::StatsSnapshot> Sampler::Take() {
  const std::lock_guard lock(mutex_);
  return TakeLocked();
}

std::shared_ptr<const v1::StatsSnapshot> Sampler::Latest() {
  const std::lock_guard lock(mutex_);
  return absl::Now() - taken_at_ < kAge ? sample_ : TakeLocked();
}

std::shared_ptr<const v1::StatsSnapshot> Sampler::TakeLocked() {
  auto sample = std::make_shared<v1::StatsSnapshot>(control_.Stats());
  const ProcessReading process = ReadProcess();
  *sample->mutable_cpu_time() = ToProto(absl::ToInt64Nanoseconds(process.cpu));
  sample->set_resident_bytes(static_cast<int64_t>(process.resident_bytes));
  sample->set_descriptors(static_cast<int64_t>(process.open_descriptors));
  sample_ = std::move(sample);
  taken_at_ = absl::Now();
  return sample_;
}

}  // namespace troupe::admin
