#include "runtime/actors/proto_time.h"

namespace troupe {

void SetDuration(Nanos nanos, google::protobuf::Duration& duration) {
  duration.set_seconds(nanos / kNanosPerSecond);
  duration.set_nanos(static_cast<int32_t>(nanos % kNanosPerSecond));
}

void SetTimestamp(absl::Time time, google::protobuf::Timestamp& timestamp) {
  int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

}  // namespace troupe
