#include "runtime/config/values.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "runtime/config/text.h"

namespace troupe::config {
namespace {

struct ByteUnit {
  std::string_view suffix;
  uint64_t bytes;
};
constexpr std::array<ByteUnit, 4> kByteUnits = {{
    {"TiB", uint64_t{1} << 40},
    {"GiB", uint64_t{1} << 30},
    {"MiB", uint64_t{1} << 20},
    {"KiB", uint64_t{1} << 10},
}};

}  // namespace

absl::StatusOr<absl::Duration> ParseDuration(std::string_view text) {
  absl::Duration duration;
  if (text.empty() || !absl::ascii_isdigit(text.front()) ||
      !absl::ParseDuration(std::string(text), &duration) || duration == absl::InfiniteDuration()) {
    return absl::InvalidArgumentError("not a duration");
  }
  return duration;
}

std::string DurationText(absl::Duration duration) {
  constexpr std::array<std::pair<std::string_view, absl::Duration>, 4> kUnits = {{
      {"h", absl::Hours(1)},
      {"m", absl::Minutes(1)},
      {"s", absl::Seconds(1)},
      {"ms", absl::Milliseconds(1)},
  }};
  for (const auto& [suffix, unit] : kUnits) {
    absl::Duration rest;
    const int64_t count = absl::IDivDuration(duration, unit, &rest);
    if (count != 0 && rest == absl::ZeroDuration()) return Concat(count, suffix);
  }
  return absl::FormatDuration(duration);
}

absl::Duration ToDuration(const google::protobuf::Duration& proto) {
  return absl::Seconds(proto.seconds()) + absl::Nanoseconds(proto.nanos());
}

google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return proto;
}

absl::StatusOr<uint64_t> ParseNumber(std::string_view text) {
  uint64_t number = 0;
  if (!std::all_of(text.begin(), text.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(std::string(text), &number)) {
    return absl::InvalidArgumentError("not a number");
  }
  return number;
}

absl::StatusOr<uint64_t> ParseBytes(std::string_view text) {
  uint64_t factor = 1;
  for (const ByteUnit& unit : kByteUnits) {
    if (ConsumeSuffix(text, unit.suffix)) {
      factor = unit.bytes;
      break;
    }
  }
  const absl::StatusOr<uint64_t> number = ParseNumber(text);
  if (!number.ok() || *number > std::numeric_limits<uint64_t>::max() / factor) {
    return absl::InvalidArgumentError("not a size");
  }
  return *number * factor;
}

std::string FormatBytes(uint64_t bytes) {
  for (const ByteUnit& unit : kByteUnits) {
    if (bytes != 0 && bytes % unit.bytes == 0) {
      return Concat(bytes / unit.bytes, unit.suffix);
    }
  }
  return Concat(bytes);
}

}  // namespace troupe::config
