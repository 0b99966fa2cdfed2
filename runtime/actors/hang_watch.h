// Finds workers whose handler keeps its thread for too long. Each culprit is told once. The
// supervisor's thread only; reads what workers publish.
#pragma once

#include "absl/container/flat_hash_set.h"
#include "runtime/actors/worker.h"

namespace troupe {

class HangWatch {
 public:
  enum class Finding : uint8_t {
    kNothing,
    kBlocks,  // a reactor, for longer than a handler there may; it cannot be helped
    kHangs,   // its thread is to be left behind
  };

  explicit HangWatch(bool on_reactors) : on_reactors_(on_reactors) {}

  Finding Look(const Worker::Activity& activity, Nanos now);

 private:
  // How long a handler may keep its reactor before it is named.
  static constexpr Nanos kBlockMax = 100 * kNanosPerMilli;
  static constexpr size_t kToldMax = 1024;

  const bool on_reactors_;
  absl::flat_hash_set<uint64_t> told_;  // requests
};

}  // namespace troupe
