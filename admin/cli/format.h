// Values as people read them. Stateless; any thread, but for the clock that Since reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/protobuf/timestamp.pb.h"
#include "runtime/config/text.h"

namespace troupe::admin::cli {

// What stands where there is no value.
inline constexpr char kNone[] = "-";

// "850us", "12.3ms", "3m12s", "2d3h".
std::string Text(const google::protobuf::Duration& duration);

// "2026-11-22 05:17:58Z".
std::string Text(const google::protobuf::Timestamp& time);

// How long ago, as Text of a duration.
std::string Since(const google::protobuf::Timestamp& time);

// "512 B", "1.2 MiB".
std::string Bytes(double bytes);

// Rates and other means: "0.4", "12.3", "1830".
std::string Number(double number);

// "37%" of 0.37.
std::string Percent(double share);

// "5 of 10".
std::string Of(int64_t count, int64_t max);

using config::Count;

// The name of a value; kNone for the unspecified one.
template <typename Enum>
std::string EnumText(Enum value) {
  const auto* descriptor =
      google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(static_cast<int>(value));
  return descriptor == nullptr || value == 0 ? kNone : descriptor->name();
}

// Text of a message that is set, else kNone. `has` and `get` as generated.
template <typename Value>
std::string TextIf(bool has, const Value& value) {
  return has ? Text(value) : kNone;
}

// Resource names as operators write them: "echo" of "pools/echo", "echo/7" of
// "pools/echo/workers/7", "12" of "crashes/12".
std::string ShortName(std::string_view name);

// And back, "pools/echo" of "echo"; a whole name stays.
std::string FullName(std::string_view collection, std::string_view name);
// Throws Failure with kUsage unless it is "echo/7" or a whole name.
std::string WorkerName(std::string_view name);

// Without what would make a terminal do something; line feeds stay where `lines`.
std::string Printable(std::string_view text, bool lines = false);

}  // namespace troupe::admin::cli
