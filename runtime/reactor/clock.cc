#include "runtime/reactor/clock.h"

#include <ctime>

#include "absl/time/clock.h"

namespace troupe {
namespace {

class SystemClock final : public Clock {
 public:
  Nanos Steady() override {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * kNanosPerSecond + now.tv_nsec;
  }
  absl::Time Wall() override { return absl::Now(); }
};

}  // namespace

Clock& Clock::System() {
  static SystemClock clock;
  return clock;
}

}  // namespace troupe
