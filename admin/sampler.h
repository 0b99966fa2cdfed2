// The numbers of now. Any thread.
#pragma once

#include <memory>
#include <mutex>

#include "absl/time/time.h"
#include "runtime/control.h"
#include "troupe/admin/v1/stats.pb.h"

namespace troupe::admin {

class Sampler {
 public:
  static constexpr absl::Duration kAge = absl::Milliseconds(40);

  explicit Sampler(Control& control) : control_(control) {}

  // For who asks once: has what the caller did before. Without rates, which depend on what a
  // watcher saw before.
  std::shared_ptr<const v1::StatsSnapshot> Take();

  // For who watches: taken at most once in kAge, however many do.
  std::shared_ptr<const v1::StatsSnapshot> Latest();

 private:
  std::shared_ptr<const v1::StatsSnapshot> TakeLocked();

  Control& control_;
  std::mutex mutex_;
  absl::Time taken_at_ = absl::InfinitePast();
  std::shared_ptr<const v1::StatsSnapshot> sample_;
};

}  // namespace troupe::admin
