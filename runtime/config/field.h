// One field of the schema: what its declaration says of it (options.proto), and its values as text,
// as they stand in files, in the environment and on the command line. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "troupe/config/v1/options.pb.h"

namespace troupe::config {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const v1::Setting& SettingOf(const FieldDescriptor& field);

// A group of settings and not a value: a message that is neither a map's entry nor a Duration.
bool IsGroup(const FieldDescriptor& field);
bool IsDuration(const FieldDescriptor& field);

std::vector<std::string> FieldNames(const Descriptor& type);

// What to say of a name that `type` does not have.
std::string NoSuchField(std::string_view name, const Descriptor& type);

// What a value of the field may be: "auto, or 1 to 256", "OFF or REQUIRED". Empty for free text.
std::string Allowed(const FieldDescriptor& field);

// Reads `text` into a field that is a value: sets it, or appends to it when it is a list.
// INVALID_ARGUMENT with a sentence that says what is allowed when type or range do not fit.
absl::Status SetFromText(const FieldDescriptor& field, std::string_view text, Message& message);

// The text of a value that is set; `index` picks one of a list. What SetFromText reads again.
std::string ToText(const FieldDescriptor& field, const Message& message, int index = -1);

}  // namespace troupe::config
