// The runtime's times as protobuf's, for what is shown to operators. Pure functions.
#pragma once

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "runtime/policy/nanos.h"

namespace troupe {

void SetDuration(Nanos nanos, google::protobuf::Duration& duration);
void SetTimestamp(absl::Time time, google::protobuf::Timestamp& timestamp);

}  // namespace troupe
