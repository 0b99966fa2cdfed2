// The slowest requests that have ended on one reactor in the last ten minutes, for operators.
//
// The request path compares one number: what took no longer than threshold() is not offered. What
// enters takes the place of the fastest that is kept; what has become old leaves by a timer, so
// that the list goes on saying what is slow now. The reactor's thread only.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/reactor/reactor.h"
#include "troupe/admin/v1/requests.pb.h"

namespace troupe {

class SlowRequests final : private TimerNode {
 public:
  static constexpr size_t kKept = 32;
  static constexpr Nanos kAge = 600 * kNanosPerSecond;

  explicit SlowRequests(Reactor& reactor) : reactor_(reactor) {}

  Nanos threshold() const { return threshold_; }
  // Precondition: `took` is above the threshold.
  void Keep(Nanos took, admin::v1::Request request);
  // In no order.
  std::vector<admin::v1::Request> List() const;

 private:
  struct Entry {
    Nanos took;
    Nanos expires;
    admin::v1::Request request;
  };

  void OnTimer() override;
  void Settle();

  Reactor& reactor_;
  std::vector<Entry> entries_;
  Nanos threshold_ = 0;
};

}  // namespace troupe
