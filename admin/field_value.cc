#include "admin/field_value.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"
#include "runtime/config/field.h"
#include "runtime/config/text.h"

namespace troupe::admin {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::TimeUtil;

bool IsDuration(const FieldDescriptor& field) {
  return field.message_type() == google::protobuf::Duration::descriptor();
}
bool IsTime(const FieldDescriptor& field) {
  return field.message_type() == google::protobuf::Timestamp::descriptor();
}

// An unset field has the value of an empty message.
Value MessageValue(const FieldDescriptor& field, const Message& value) {
  if (IsDuration(field)) {
    return int64_t{
        TimeUtil::DurationToNanoseconds(static_cast<const google::protobuf::Duration&>(value))};
  }
  return int64_t{
      TimeUtil::TimestampToNanoseconds(static_cast<const google::protobuf::Timestamp&>(value))};
}

Value SingleValue(const FieldDescriptor& field, const Message& owner) {
  const Reflection& reflection = *owner.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(owner, &field);
    case FieldDescriptor::CPPTYPE_INT32:
      return int64_t{reflection.GetInt32(owner, &field)};
    case FieldDescriptor::CPPTYPE_INT64:
      return int64_t{reflection.GetInt64(owner, &field)};
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection.GetDouble(owner, &field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return int64_t{reflection.GetEnumValue(owner, &field)};
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageValue(field, reflection.GetMessage(owner, &field));
    default:
      return reflection.GetString(owner, &field);
  }
}

Value DefaultOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return false;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return 0.0;
    case FieldDescriptor::CPPTYPE_STRING:
      return std::string();
    default:
      return int64_t{0};
  }
}

absl::Status WrongLiteral(const FieldDescriptor& field, std::string_view text,
                          std::string_view allowed) {
  return absl::InvalidArgumentError(config::Concat(field.name(), ": ", config::Quoted(text),
                                                   " cannot be compared with it; it is ", allowed,
                                                   "."));
}

std::string EnumNames(const FieldDescriptor& field) {
  std::vector<std::string> names;
  for (int i = 1; i < field.enum_type()->value_count(); ++i) {
    names.push_back(field.enum_type()->value(i)->name());
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

absl::StatusOr<FieldPath> FieldPath::Parse(std::string_view path, const Descriptor& type) {
  FieldPath parsed;
  const Descriptor* at = &type;
  for (std::string_view name : config::Split(path, '.')) {
    if (parsed.value_ != nullptr && parsed.value_->is_map() && !parsed.key_) {
      parsed.key_ = std::string(name);
      parsed.value_ = parsed.value_->message_type()->map_value();
      at = nullptr;
      continue;
    }
    const FieldDescriptor* field = at ? at->FindFieldByName(std::string(name)) : nullptr;
    if (field == nullptr) {
      return absl::InvalidArgumentError(
          at ? config::NoSuchField(name, *at)
             : config::Concat(config::Quoted(path), " goes on behind a single value"));
    }
    if (!parsed.fields_.empty() && parsed.fields_.back()->is_repeated()) {
      return absl::InvalidArgumentError(
          config::Concat(config::Quoted(path), " goes into a list, which has no names"));
    }
    parsed.fields_.push_back(field);
    parsed.value_ = field;
    const bool group = field->message_type() != nullptr && !IsDuration(*field) && !IsTime(*field);
    at = group ? field->message_type() : nullptr;
  }
  return parsed;
}

const Message* FieldPath::Owner(const Message& message) const {
  const Message* owner = &message;
  for (size_t i = 0; i + 1 < fields_.size(); ++i) {
    if (!owner->GetReflection()->HasField(*owner, fields_[i])) return nullptr;
    owner = &owner->GetReflection()->GetMessage(*owner, fields_[i]);
  }
  return owner;
}

const Message* FieldPath::Entry(const Message& owner) const {
  const FieldDescriptor& map = *fields_.back();
  const Reflection& reflection = *owner.GetReflection();
  for (int i = 0; i < reflection.FieldSize(owner, &map); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(owner, &map, i);
    if (entry.GetReflection()->GetString(entry, map.message_type()->map_key()) == *key_) {
      return &entry;
    }
  }
  return nullptr;
}

std::vector<Value> FieldPath::Values(const Message& message) const {
  if (!comparable()) return {};
  const Message* owner = Owner(message);
  if (owner != nullptr && key_) owner = Entry(*owner);
  if (!value_->is_repeated()) {
    return {owner == nullptr ? DefaultOf(*value_) : SingleValue(*value_, *owner)};
  }
  std::vector<Value> values;
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; owner != nullptr && i < reflection.FieldSize(*owner, value_); ++i) {
    values.emplace_back(owner->GetReflection()->GetRepeatedString(*owner, value_, i));
  }
  return values;
}

bool FieldPath::IsSet(const Message& message) const {
  const Message* owner = Owner(message);
  if (owner == nullptr) return false;
  if (key_) return Entry(*owner) != nullptr;
  const Reflection& reflection = *owner->GetReflection();
  return value_->is_repeated() ? reflection.FieldSize(*owner, value_) > 0
                               : reflection.HasField(*owner, value_);
}

bool FieldPath::repeated() const { return value_->is_repeated(); }

bool FieldPath::comparable() const {
  if (value_->is_map()) return false;
  if (value_->is_repeated()) return value_->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  return value_->message_type() == nullptr || IsDuration(*value_) || IsTime(*value_);
}

absl::StatusOr<Value> FieldPath::ParseLiteral(std::string_view text) const {
  const absl::string_view view(text.data(), text.size());
  if (value_->cpp_type() == FieldDescriptor::CPPTYPE_STRING) return Value(std::string(text));
  if (IsDuration(*value_)) {
    absl::Duration duration;
    if (absl::ParseDuration(view, &duration)) return Value(absl::ToInt64Nanoseconds(duration));
    return WrongLiteral(*value_, text, "a duration, as 5s or 100ms");
  }
  if (IsTime(*value_)) {
    absl::Time time;
    if (absl::ParseTime(absl::RFC3339_full, view, &time, nullptr)) {
      return Value(absl::ToUnixNanos(time));
    }
    return WrongLiteral(*value_, text, "a time, as \"2026-01-31T12:00:00Z\"");
  }
  if (value_->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    const auto* number = value_->enum_type()->FindValueByName(std::string(text));
    if (number != nullptr) return Value(int64_t{number->number()});
    return WrongLiteral(*value_, text, config::Concat("one of ", EnumNames(*value_)));
  }
  if (value_->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    if (text == "true" || text == "false") return Value(text == "true");
    return WrongLiteral(*value_, text, "true or false");
  }
  if (value_->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    double number = 0;
    if (absl::SimpleAtod(view, &number)) return Value(number);
  } else {
    int64_t number = 0;
    if (absl::SimpleAtoi(view, &number)) return Value(number);
  }
  return WrongLiteral(*value_, text, "a number");
}

}  // namespace troupe::admin
