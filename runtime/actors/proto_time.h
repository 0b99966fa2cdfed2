// Times as the admin API's messages carry them. Values only; any thread.
#pragma once

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"
#include "runtime/reactor/clock.h"

namespace troupe {

inline google::protobuf::Duration ToProto(Nanos duration) {
  return google::protobuf::util::TimeUtil::NanosecondsToDuration(duration);
}

inline google::protobuf::Timestamp ToProto(absl::Time time) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(time));
}

}  // namespace troupe
