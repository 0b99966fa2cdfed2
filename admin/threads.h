// The admin plane's own threads, so that what waits for a reactor never holds one of gRPC's, and
// no load of HTTP is in front of it. Any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace troupe::admin {

class Threads {
 public:
  Threads(int count, size_t queue_max);
  // Runs what is queued still.
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  // False when too much waits already: nothing will be run.
  bool TryRun(absl::AnyInvocable<void()> work);
  // For work that is bounded by itself, such as one step of a stream.
  void Run(absl::AnyInvocable<void()> work);

 private:
  void Loop();

  const size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<absl::AnyInvocable<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace troupe::admin
