// The configuration in effect and its number, for whoever looks now and then. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "troupe/config/v1/config.pb.h"

namespace troupe {

class CurrentConfig {
 public:
  using Pointer = std::shared_ptr<const config::v1::Config>;

  CurrentConfig(const config::v1::Config& config, uint64_t revision)
      : config_(std::make_shared<const config::v1::Config>(config)), revision_(revision) {}

  Pointer Get() const {
    const std::lock_guard lock(mutex_);
    return config_;
  }
  uint64_t revision() const {
    const std::lock_guard lock(mutex_);
    return revision_;
  }
  void Set(Pointer config, uint64_t revision) {
    const std::lock_guard lock(mutex_);
    config_ = std::move(config);
    revision_ = revision;
  }

 private:
  mutable std::mutex mutex_;
  Pointer config_;
  uint64_t revision_;
};

}  // namespace troupe
