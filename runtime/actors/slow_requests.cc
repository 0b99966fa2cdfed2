#include "runtime/actors/slow_requests.h"

#include <algorithm>
#include <utility>

namespace troupe {

void SlowRequests::Keep(Nanos took, admin::v1::Request request) {
  Entry entry{took, reactor_.now() + kAge, std::move(request)};
  if (entries_.size() < kKept) {
    entries_.push_back(std::move(entry));
  } else {
    *std::min_element(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      return a.took < b.took;
    }) = std::move(entry);
  }
  Settle();
}

std::vector<admin::v1::Request> SlowRequests::List() const {
  std::vector<admin::v1::Request> requests;
  requests.reserve(entries_.size());
  for (const Entry& entry : entries_) requests.push_back(entry.request);
  return requests;
}

void SlowRequests::OnTimer() {
  std::erase_if(entries_,
                [now = reactor_.now()](const Entry& each) { return each.expires <= now; });
  Settle();
}

// After any change: what it takes to enter, and when the next one is too old.
void SlowRequests::Settle() {
  threshold_ = entries_.size() < kKept ? 0 : kNever;
  Nanos next = kNever;
  for (const Entry& entry : entries_) {
    threshold_ = std::min(threshold_, entry.took);
    next = std::min(next, entry.expires);
  }
  if (next != kNever) reactor_.timers().Arm(*this, next);
}

}  // namespace troupe
