#include "runtime/config/field.h"

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "runtime/config/suggest.h"
#include "runtime/config/text.h"
#include "runtime/config/values.h"

namespace troupe::config {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::Reflection;

// The first value of every enum is 0, UNSPECIFIED: it means "unset" and cannot be written.
std::vector<std::string> EnumNames(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 1; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  return names;
}

const EnumValueDescriptor* FindEnumValue(const EnumDescriptor& type, std::string_view name) {
  const EnumValueDescriptor* value = type.FindValueByName(absl::AsciiStrToUpper(std::string(name)));
  return value == nullptr || value->number() == 0 ? nullptr : value;
}

std::optional<bool> ParseBool(std::string_view text) {
  if (text == "true" || text == "on") return true;
  if (text == "false" || text == "off") return false;
  return std::nullopt;
}

// "1, 2 or 3"
std::string Alternatives(const std::vector<std::string>& names) {
  if (names.size() < 2) return absl::StrJoin(names, "");
  return Concat(absl::StrJoin(names.begin(), names.end() - 1, ", "), " or ", names.back());
}

absl::Status NotA(std::string_view kind, const FieldDescriptor& field, std::string_view text) {
  return absl::InvalidArgumentError(
      Concat(Quoted(text), " is not ", kind, "; allowed: ", Allowed(field)));
}

absl::Status OutOfRange(const FieldDescriptor& field, std::string_view text) {
  return absl::InvalidArgumentError(
      Concat(Quoted(text), " is out of range; allowed: ", Allowed(field)));
}

// Numbers, sizes and durations: Parse is the parser of their kind, for the value and its bounds
// alike.
template <typename Parse>
auto ParseInRange(const FieldDescriptor& field, std::string_view text, std::string_view kind,
                  Parse parse) -> decltype(parse(text)) {
  using Value = typename decltype(parse(text))::value_type;
  const v1::Setting& setting = SettingOf(field);
  if (!setting.zero().empty() && text == setting.zero()) return Value{};
  auto value = parse(text);
  if (!value.ok()) return NotA(kind, field, text);
  if (!setting.zero().empty() && *value == Value{}) return value;
  if ((!setting.min().empty() && *value < *parse(setting.min())) ||
      (!setting.max().empty() && *value > *parse(setting.max()))) {
    return OutOfRange(field, text);
  }
  return value;
}

absl::StatusOr<uint64_t> ParseInteger(const FieldDescriptor& field, std::string_view text) {
  return SettingOf(field).unit() == v1::UNIT_UNSPECIFIED
             ? ParseInRange(field, text, "a whole number", ParseNumber)
             : ParseInRange(field, text, "a size", ParseBytes);
}

absl::Status SetDuration(const FieldDescriptor& field, std::string_view text, Message& message) {
  const auto duration = ParseInRange(field, text, "a duration", ParseDuration);
  if (!duration.ok()) return duration.status();
  message.GetReflection()->MutableMessage(&message, &field)->CopyFrom(ToProto(*duration));
  return absl::OkStatus();
}

absl::Status SetInteger(const FieldDescriptor& field, std::string_view text, Message& message) {
  const absl::StatusOr<uint64_t> value = ParseInteger(field, text);
  if (!value.ok()) return value.status();
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
    reflection.SetUInt64(&message, &field, *value);
  } else if (field.is_repeated()) {
    reflection.AddUInt32(&message, &field, static_cast<uint32_t>(*value));
  } else {
    reflection.SetUInt32(&message, &field, static_cast<uint32_t>(*value));
  }
  return absl::OkStatus();
}

absl::Status SetString(const FieldDescriptor& field, std::string_view text, Message& message) {
  if (!IsUtf8(text)) {
    return absl::InvalidArgumentError(Concat(Quoted(text), " is not UTF-8 text"));
  }
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    reflection.AddString(&message, &field, std::string(text));
  } else {
    reflection.SetString(&message, &field, std::string(text));
  }
  return absl::OkStatus();
}

std::string NumberText(const FieldDescriptor& field, uint64_t value) {
  const v1::Setting& setting = SettingOf(field);
  if (value == 0 && !setting.zero().empty()) return setting.zero();
  return setting.unit() == v1::UNIT_UNSPECIFIED ? Concat(value) : FormatBytes(value);
}

std::string DurationFieldText(const FieldDescriptor& field, const Message& message) {
  google::protobuf::Duration proto;
  proto.CopyFrom(message.GetReflection()->GetMessage(message, &field));
  const absl::Duration duration = ToDuration(proto);
  const std::string& zero = SettingOf(field).zero();
  return duration == absl::ZeroDuration() && !zero.empty() ? zero : DurationText(duration);
}

}  // namespace

const v1::Setting& SettingOf(const FieldDescriptor& field) {
  return field.options().GetExtension(v1::setting);
}

bool IsDuration(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type() == google::protobuf::Duration::descriptor();
}

bool IsGroup(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_map() &&
         !IsDuration(field);
}

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

std::string NoSuchField(std::string_view name, const Descriptor& type) {
  return Concat("there is no field ", Quoted(name), "; ", Suggestion(name, FieldNames(type)));
}

std::string Allowed(const FieldDescriptor& field) {
  const v1::Setting& setting = SettingOf(field);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return "true or false";
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return Alternatives(EnumNames(*field.enum_type()));
  }
  if (setting.max().empty()) return "";
  const std::string zero = setting.zero().empty() ? "" : Concat(setting.zero(), ", or ");
  const std::string_view unit = IsDuration(field) ? ", as 100ms, 5s or 1m30s"
                                : setting.unit() == v1::UNIT_UNSPECIFIED
                                    ? ""
                                    : ", in bytes or as 64KiB, 1MiB";
  return Concat(zero, setting.min(), " to ", setting.max(), unit);
}

absl::Status SetFromText(const FieldDescriptor& field, std::string_view text, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: {
      const std::optional<bool> value = ParseBool(text);
      if (!value) return NotA("true or false", field, text);
      reflection.SetBool(&message, &field, *value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = FindEnumValue(*field.enum_type(), text);
      if (value == nullptr) return NotA("known", field, text);
      reflection.SetEnum(&message, &field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetDuration(field, text, message);
    case FieldDescriptor::CPPTYPE_STRING:
      return SetString(field, text, message);
    default:
      return SetInteger(field, text, message);
  }
}

std::string ToText(const FieldDescriptor& field, const Message& message, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.GetEnum(message, &field)->name();
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return DurationFieldText(field, message);
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? reflection.GetRepeatedString(message, &field, index)
                      : reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return NumberText(field, reflection.GetUInt64(message, &field));
    default:
      return NumberText(field, repeated ? reflection.GetRepeatedUInt32(message, &field, index)
                                        : reflection.GetUInt32(message, &field));
  }
}

}  // namespace troupe::config
