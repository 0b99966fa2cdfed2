#include "runtime/actors/hang_watch.h"

namespace troupe {

HangWatch::Finding HangWatch::Look(const Worker::Activity& activity, Nanos now) {
  if (activity.since == 0) return Finding::kNothing;
  if (!on_reactors_) {
    return now >= activity.hung_at ? Finding::kHangs : Finding::kNothing;
  }
  if (now - activity.since < kBlockMax || told_.contains(activity.request)) {
    return Finding::kNothing;
  }
  if (told_.size() == kToldMax) told_.clear();
  told_.insert(activity.request);
  return Finding::kBlocks;
}

}  // namespace troupe
