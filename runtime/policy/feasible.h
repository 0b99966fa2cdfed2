// Work whose deadline cannot be met is not started: it would only take time from work whose
// deadline can. What a request takes is learnt from those served.
//
// One thread; deterministic; no allocation.
#pragma once

#include "runtime/policy/nanos.h"

namespace troupe::policy {

class Feasibility {
 public:
  // A request was served in that time.
  void OnServed(Nanos service_time);
  // Whether a request that is started now can be expected to end before its deadline. Each refusal
  // lowers the expectation a little: without that, one that is too high would refuse all and never
  // be corrected.
  bool Feasible(Nanos now, Nanos deadline);

  Nanos expected() const { return expected_; }

 private:
  Nanos expected_ = 0;  // moving average; 0: nothing known, all is feasible before its deadline
};

}  // namespace troupe::policy
