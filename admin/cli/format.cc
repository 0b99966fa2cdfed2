#include "admin/cli/format.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "admin/cli/failure.h"
#include "runtime/config/text.h"
#include "runtime/config/values.h"

namespace troupe::admin::cli {
namespace {

using config::Concat;

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// Three digits, as many behind the point as fit: "1.23", "12.3", "123".
std::string ThreeDigits(double number) {
  const int decimals = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  return absl::StrFormat("%.*f", decimals, number);
}

std::string DurationText(absl::Duration duration) {
  if (duration < absl::ZeroDuration()) return "-" + DurationText(-duration);
  const double seconds = absl::ToDoubleSeconds(duration);
  if (duration == absl::ZeroDuration()) return "0s";
  if (seconds < 1e-3) return ThreeDigits(seconds * 1e6) + "us";
  if (seconds < 1) return ThreeDigits(seconds * 1e3) + "ms";
  if (seconds < 60) return ThreeDigits(seconds) + "s";
  const auto whole = static_cast<int64_t>(seconds);
  if (whole < 3600) return Concat(whole / 60, "m", whole % 60, "s");
  if (whole < 86400) return Concat(whole / 3600, "h", whole % 3600 / 60, "m");
  return Concat(whole / 86400, "d", whole % 86400 / 3600, "h");
}

// "pools", unlike "unix:" or what stands before the first slash of a path.
bool IsCollection(std::string_view segment) {
  return !segment.empty() &&
         std::all_of(segment.begin(), segment.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

std::string Text(const google::protobuf::Duration& duration) {
  return DurationText(config::ToDuration(duration));
}

std::string Text(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", ToTime(time), absl::UTCTimeZone());
}

std::string Since(const google::protobuf::Timestamp& time) {
  return DurationText(std::max(absl::Now() - ToTime(time), absl::ZeroDuration()));
}

std::string Bytes(double bytes) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  return absl::StrFormat("%.*f %s", unit == 0 ? 0 : 1, bytes, kUnits[unit]);
}

std::string Number(double number) {
  return absl::StrFormat("%.*f", std::abs(number) < 99.95 ? 1 : 0, number);
}

std::string Percent(double share) { return absl::StrFormat("%.0f%%", share * 100); }

std::string Of(int64_t count, int64_t max) { return Concat(count, " of ", max); }

std::string ShortName(std::string_view name) {
  std::string result;
  const auto segments = config::Split(name, '/');
  for (size_t i = 0; i < segments.size(); i += 2) {
    if (!IsCollection(segments[i])) return std::string(name);
  }
  for (size_t i = 1; i < segments.size(); i += 2) {
    config::Append(result, result.empty() ? "" : "/", segments[i]);
  }
  return result.empty() ? std::string(name) : result;
}

std::string FullName(std::string_view collection, std::string_view name) {
  if (name.find('/') != std::string_view::npos) return std::string(name);
  return Concat(collection, "/", name);
}

std::string WorkerName(std::string_view name) {
  const auto segments = config::Split(name, '/');
  if (segments.size() == 2) return Concat("pools/", segments[0], "/workers/", segments[1]);
  if (segments.size() == 4) return std::string(name);
  throw Failure(ExitCode::kUsage,
                Concat(config::Quoted(name), " names no worker; write POOL/NUMBER, as echo/7"));
}

std::string Printable(std::string_view text, bool lines) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = byte < 0x20 || byte == 0x7f;
    if (control && !(lines && c == '\n')) {
      result += absl::StrFormat("\\x%02x", byte);
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace troupe::admin::cli
