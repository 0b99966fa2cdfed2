#include "runtime/config/message_reader.h"

#include <map>
#include <optional>
#include <string>

#include "runtime/config/field.h"
#include "runtime/config/map_field.h"
#include "runtime/config/secrets.h"
#include "runtime/config/text.h"
#include "runtime/config/values.h"

namespace troupe::config {
namespace {

class Reader {
 public:
  Reader(std::string_view name, Origins& origins, Problems& problems)
      : name_(name), origins_(origins), problems_(problems) {}

  void ReadGroup(const YamlNode& node, const std::string& path, Message& message) {
    if (node.kind != YamlNode::Kind::kMap) {
      return Refuse(node.line, path,
                    Concat("a group of fields is needed here, not ", KindName(node)));
    }
    std::map<std::string_view, int> seen;
    for (size_t i = 0; i < node.keys.size(); ++i) {
      const YamlNode::Key& key = node.keys[i];
      const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(key.name);
      const std::string field_path = JoinPath(path, key.name);
      const auto [first, is_new] = seen.try_emplace(key.name, key.line);
      if (field == nullptr) {
        Refuse(key.line, field_path, NoSuchField(key.name, *message.GetDescriptor()));
      } else if (!is_new) {
        Refuse(key.line, field_path, RepeatedName(first->second));
      } else if (!OtherIsSet(*field, key.line, field_path, message)) {
        origins_.Set(field_path, Where(key.line));
        ReadField(*field, node.children[i], field_path, message);
      }
    }
  }

 private:
  std::string Where(int line) const { return Concat(name_, ":", line); }

  void Refuse(int line, std::string_view path, std::string_view what) {
    problems_.Add(Where(line), path, what);
  }

  void Check(const absl::Status& status, int line, std::string_view path) {
    if (!status.ok()) Refuse(line, path, MessageOf(status));
  }

  static std::string_view KindName(const YamlNode& node) {
    switch (node.kind) {
      case YamlNode::Kind::kNull:
        return "nothing";
      case YamlNode::Kind::kScalar:
        return "a value";
      case YamlNode::Kind::kList:
        return "a list";
      case YamlNode::Kind::kMap:
        return "a group of fields";
    }
    return "";
  }

  static std::string RepeatedName(int first_line) {
    return Concat("stands here twice, first on line ", first_line, "; keep one");
  }

  // Of alternatives (a oneof) only the first is read.
  bool OtherIsSet(const FieldDescriptor& field, int line, const std::string& path,
                  const Message& message) {
    const auto* alternatives = field.real_containing_oneof();
    if (alternatives == nullptr) return false;
    const FieldDescriptor* other =
        message.GetReflection()->GetOneofFieldDescriptor(message, alternatives);
    if (other == nullptr) return false;
    Refuse(line, path, Concat("cannot stand beside ", other->name(), "; keep one of the two"));
    return true;
  }

  void ReadField(const FieldDescriptor& field, const YamlNode& node, const std::string& path,
                 Message& message) {
    if (field.is_map()) return ReadMap(field, node, path, message);
    if (field.is_repeated()) return ReadList(field, node, path, message);
    if (IsGroup(field)) {
      return ReadGroup(node, path, *message.GetReflection()->MutableMessage(&message, &field));
    }
    ReadValue(field, node, path, message);
  }

  void ReadList(const FieldDescriptor& field, const YamlNode& node, const std::string& path,
                Message& message) {
    if (node.kind != YamlNode::Kind::kList) {
      return Refuse(node.line, path, Concat("a list is needed here, not ", KindName(node)));
    }
    for (size_t i = 0; i < node.children.size(); ++i) {
      const YamlNode& child = node.children[i];
      const std::string element_path = ElementPath(path, i);
      origins_.Set(element_path, Where(child.line));
      if (IsGroup(field)) {
        ReadGroup(child, element_path, *message.GetReflection()->AddMessage(&message, &field));
      } else {
        ReadValue(field, child, element_path, message);
      }
    }
  }

  // A value, or a reference to one.
  static std::optional<std::string> EntryText(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::kScalar) return node.scalar;
    if (node.kind == YamlNode::Kind::kMap && node.keys.size() == 1 &&
        IsReferenceKind(node.keys[0].name) && node.children[0].kind == YamlNode::Kind::kScalar) {
      return Reference(node.keys[0].name, node.children[0].scalar);
    }
    return std::nullopt;
  }

  void ReadMap(const FieldDescriptor& field, const YamlNode& node, const std::string& path,
               Message& message) {
    if (node.kind != YamlNode::Kind::kMap) {
      return Refuse(node.line, path,
                    Concat("names with values are needed here, not ", KindName(node)));
    }
    std::map<std::string_view, int> seen;
    for (size_t i = 0; i < node.keys.size(); ++i) {
      const YamlNode::Key& key = node.keys[i];
      const YamlNode& value = node.children[i];
      const std::string entry_path = JoinPath(path, key.name);
      const auto [first, is_new] = seen.try_emplace(key.name, key.line);
      if (!is_new) {
        Refuse(key.line, entry_path, RepeatedName(first->second));
      } else if (const std::optional<std::string> text = EntryText(value)) {
        origins_.Set(entry_path, Where(key.line));
        Check(AddMapEntry(field, key.name, *text, message), value.line, entry_path);
      } else {
        Refuse(value.line, entry_path,
               Concat("a value is needed here, not ", KindName(value),
                      "; allowed: text, {file: PATH} or {env: NAME}"));
      }
    }
  }

  void ReadValue(const FieldDescriptor& field, const YamlNode& node, const std::string& path,
                 Message& message) {
    if (node.kind != YamlNode::Kind::kScalar) {
      const std::string allowed = Allowed(field);
      return Refuse(node.line, path,
                    Concat("a value is needed here, not ", KindName(node),
                           allowed.empty() ? "" : "; allowed: ", allowed));
    }
    Check(SetFromText(field, node.scalar, message), node.line, path);
  }

  const std::string_view name_;
  Origins& origins_;
  Problems& problems_;
};

}  // namespace

void ReadMessage(std::string_view name, const YamlNode& root, google::protobuf::Message& message,
                 Origins& origins, Problems& problems) {
  // A file of nothing but comments says nothing.
  if (root.kind == YamlNode::Kind::kNull) return;
  Reader(name, origins, problems).ReadGroup(root, "", message);
}

}  // namespace troupe::config
