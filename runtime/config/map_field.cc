#include "runtime/config/map_field.h"

#include "runtime/config/field.h"

namespace troupe::config {
namespace {

const FieldDescriptor& KeyOf(const FieldDescriptor& field) {
  return *field.message_type()->map_key();
}

const FieldDescriptor& ValueOf(const FieldDescriptor& field) {
  return *field.message_type()->map_value();
}

}  // namespace

absl::Status AddMapEntry(const FieldDescriptor& field, std::string_view key, std::string_view value,
                         Message& message) {
  Message& entry = *message.GetReflection()->AddMessage(&message, &field);
  const absl::Status status = SetFromText(KeyOf(field), key, entry);
  return status.ok() ? SetFromText(ValueOf(field), value, entry) : status;
}

absl::Status SetMapEntry(const FieldDescriptor& field, std::string_view key, std::string_view value,
                         Message& message) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    Message& entry = *reflection.MutableRepeatedMessage(&message, &field, i);
    if (ToText(KeyOf(field), entry) == key) return SetFromText(ValueOf(field), value, entry);
  }
  return AddMapEntry(field, key, value, message);
}

std::map<std::string, std::string> MapEntries(const FieldDescriptor& field,
                                              const Message& message) {
  std::map<std::string, std::string> entries;
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    entries.emplace(ToText(KeyOf(field), entry), ToText(ValueOf(field), entry));
  }
  return entries;
}

}  // namespace troupe::config
