// How durations and sizes are written in the configuration. Values only; any thread. Errors are
// INVALID_ARGUMENT.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace troupe::config {

// "100ms", "1m30s", "0". Neither negative nor infinite.
absl::StatusOr<absl::Duration> ParseDuration(std::string_view text);

absl::Duration ToDuration(const google::protobuf::Duration& proto);
// "75s", "100ms": in the largest unit that divides it.
std::string DurationText(absl::Duration duration);

google::protobuf::Duration ToProto(absl::Duration duration);

// Digits only.
absl::StatusOr<uint64_t> ParseNumber(std::string_view text);

// A whole number of bytes, or of KiB, MiB, GiB or TiB: "65536", "64KiB".
absl::StatusOr<uint64_t> ParseBytes(std::string_view text);
// In the largest unit that divides it.
std::string FormatBytes(uint64_t bytes);

}  // namespace troupe::config
