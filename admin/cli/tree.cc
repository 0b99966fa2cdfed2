#include "admin/cli/tree.h"

#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>

#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/time_util.h"

namespace troupe::admin::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::TimeUtil;
using Json = nlohmann::ordered_json;

constexpr int kIndent = 2;

Json TreeOf(const Message& message);

// `index`: of a repeated field.
Json ValueOf(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool one = !field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return TreeOf(one ? reflection.GetMessage(message, &field)
                        : reflection.GetRepeatedMessage(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return (one ? reflection.GetEnum(message, &field)
                  : reflection.GetRepeatedEnum(message, &field, index))
          ->name();
    case FieldDescriptor::CPPTYPE_STRING:
      return one ? reflection.GetString(message, &field)
                 : reflection.GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_BOOL:
      return one ? reflection.GetBool(message, &field)
                 : reflection.GetRepeatedBool(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT32:
      return one ? reflection.GetInt32(message, &field)
                 : reflection.GetRepeatedInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_INT64:
      return one ? reflection.GetInt64(message, &field)
                 : reflection.GetRepeatedInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT32:
      return one ? reflection.GetUInt32(message, &field)
                 : reflection.GetRepeatedUInt32(message, &field, index);
    case FieldDescriptor::CPPTYPE_UINT64:
      return one ? reflection.GetUInt64(message, &field)
                 : reflection.GetRepeatedUInt64(message, &field, index);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return one ? reflection.GetFloat(message, &field)
                 : reflection.GetRepeatedFloat(message, &field, index);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return one ? reflection.GetDouble(message, &field)
                 : reflection.GetRepeatedDouble(message, &field, index);
  }
  return nullptr;
}

// By key, so that equal messages read equal.
Json MapOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  nlohmann::json sorted = nlohmann::json::object();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    const Json key = ValueOf(entry, *field.message_type()->map_key(), 0);
    sorted[key.is_string() ? key.get<std::string>() : key.dump()] =
        ValueOf(entry, *field.message_type()->map_value(), 0);
  }
  return sorted;
}

Json FieldOf(const Message& message, const FieldDescriptor& field) {
  if (field.is_map()) return MapOf(message, field);
  if (!field.is_repeated()) return ValueOf(message, field, 0);
  Json list = Json::array();
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    list.push_back(ValueOf(message, field, i));
  }
  return list;
}

Json TreeOf(const Message& message) {
  // Of the generated pool, as everything here.
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    return TimeUtil::ToString(*time);
  }
  if (const auto* duration = dynamic_cast<const google::protobuf::Duration*>(&message)) {
    return TimeUtil::ToString(*duration);
  }
  if (const auto* mask = dynamic_cast<const google::protobuf::FieldMask*>(&message)) {
    return FieldMaskUtil::ToString(*mask);
  }
  Json tree = Json::object();
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.has_presence() && !message.GetReflection()->HasField(message, &field)) continue;
    tree[field.name()] = FieldOf(message, field);
  }
  return tree;
}

void Emit(const Json& tree, YAML::Emitter& yaml) {
  if (tree.is_object()) {
    yaml << (tree.empty() ? YAML::Flow : YAML::Block) << YAML::BeginMap;
    for (const auto& [key, value] : tree.items()) {
      yaml << YAML::Key << key << YAML::Value;
      Emit(value, yaml);
    }
    yaml << YAML::EndMap;
  } else if (tree.is_array()) {
    yaml << (tree.empty() ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
    for (const Json& element : tree) Emit(element, yaml);
    yaml << YAML::EndSeq;
  } else if (tree.is_string()) {
    yaml << YAML::DoubleQuoted << tree.get<std::string>();  // "1" and "on" stay text
  } else {
    yaml << tree.dump();
  }
}

}  // namespace

std::string ToJson(const Message& message, bool indented) {
  return TreeOf(message).dump(indented ? kIndent : -1, ' ', /*ensure_ascii=*/false,
                              Json::error_handler_t::replace);
}

std::string ToYaml(const Message& message) {
  YAML::Emitter yaml;
  Emit(TreeOf(message), yaml);
  return yaml.c_str();
}

}  // namespace troupe::admin::cli
