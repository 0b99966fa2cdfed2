// The numbers of now, taken at most once in a short time however many watch: who asks meanwhile
// gets the same, but for a drain that has come to another step. Any thread.
#pragma once

#include <cstdint>
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

  // Without rates, which depend on what a watcher saw before.
  std::shared_ptr<const v1::StatsSnapshot> Take();

 private:
  Control& control_;
  std::mutex mutex_;
  absl::Time taken_at_ = absl::InfinitePast();
  int64_t drain_steps_ = 0;  // before it was taken
  std::shared_ptr<const v1::StatsSnapshot> sample_;
};

}  // namespace troupe::admin
