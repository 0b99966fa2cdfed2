// The configuration in effect, for whoever looks now and then. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "troupe/config/v1/config.pb.h"

namespace troupe {

class CurrentConfig {
 public:
  using Pointer = std::shared_ptr<const config::v1::Config>;

  explicit CurrentConfig(const config::v1::Config& config)
      : config_(std::make_shared<const config::v1::Config>(config)) {}

  Pointer Get() const {
    const std::lock_guard lock(mutex_);
    return config_;
  }
  void Set(Pointer config) {
    const std::lock_guard lock(mutex_);
    config_ = std::move(config);
  }

 private:
  mutable std::mutex mutex_;
  Pointer config_;
};

}  // namespace troupe
