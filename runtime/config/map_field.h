// Fields of type map<string, string>, reached through the schema. Stateless; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace troupe::config {

// For a key that is not there yet. INVALID_ARGUMENT when key or value is not UTF-8.
absl::Status AddMapEntry(const google::protobuf::FieldDescriptor& field, std::string_view key,
                         std::string_view value, google::protobuf::Message& message);

// The same for a key that may be there.
absl::Status SetMapEntry(const google::protobuf::FieldDescriptor& field, std::string_view key,
                         std::string_view value, google::protobuf::Message& message);

// By key, so that what is printed does not depend on hashing.
std::map<std::string, std::string> MapEntries(const google::protobuf::FieldDescriptor& field,
                                              const google::protobuf::Message& message);

}  // namespace troupe::config
