// One field of a message by its path, as filters and orders name it: "age", "times.queue",
// "outcomes.SHED". Immutable; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace troupe::admin {

// What can be compared. Durations and times are nanoseconds; enumerations are their names' numbers.
using Value = std::variant<bool, int64_t, double, std::string>;

class FieldPath {
 public:
  // INVALID_ARGUMENT names the fields that there are.
  static absl::StatusOr<FieldPath> Parse(std::string_view path,
                                         const google::protobuf::Descriptor& type);

  // Of a list all elements, else one value or, where the field or what it stands in is not set, the
  // one that an unset field of its type has. None for a map or a message.
  std::vector<Value> Values(const google::protobuf::Message& message) const;
  bool IsSet(const google::protobuf::Message& message) const;

  bool repeated() const;
  bool comparable() const;
  // Reads what a filter compares the field with. INVALID_ARGUMENT says what is allowed.
  absl::StatusOr<Value> ParseLiteral(std::string_view text) const;

 private:
  // Where the last field stands; null when something on the way is not set.
  const google::protobuf::Message* Owner(const google::protobuf::Message& message) const;
  // The entry of the map with the key; null when there is none.
  const google::protobuf::Message* Entry(const google::protobuf::Message& owner) const;

  std::vector<const google::protobuf::FieldDescriptor*> fields_;
  std::optional<std::string> key_;                            // of the map that the last field is
  const google::protobuf::FieldDescriptor* value_ = nullptr;  // the last field, or the map's value
};

}  // namespace troupe::admin
