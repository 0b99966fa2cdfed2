#include "runtime/config/diff.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "runtime/config/field.h"
#include "runtime/config/map_field.h"
#include "runtime/config/origins.h"
#include "runtime/config/secrets.h"

namespace troupe::config {
namespace {

// As it stands in a file: "[a, b]".
std::string ListText(const FieldDescriptor& field, const Message& message) {
  std::vector<std::string> texts;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    texts.push_back(ToText(field, message, i));
  }
  return texts.empty() ? "" : "[" + absl::StrJoin(texts, ", ") + "]";
}

class Differ {
 public:
  // `lists_grow`: an element that only one side has is as hard to change as its list.
  explicit Differ(bool lists_grow) : lists_grow_(lists_grow) {}

  void Groups(const Message& before, const Message& after, const std::string& path,
              v1::Apply floor) {
    const Descriptor& type = *before.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      Field(field, before, after, JoinPath(path, field.name()),
            std::max(floor, field.is_repeated() && IsGroup(field) ? v1::APPLY_UNSPECIFIED
                                                                  : SettingOf(field).apply()));
    }
  }

  std::vector<admin::v1::Change> TakeChanges() { return std::move(changes_); }

 private:
  void Field(const FieldDescriptor& field, const Message& before, const Message& after,
             const std::string& path, v1::Apply apply) {
    if (field.is_map()) {
      Maps(field, before, after, path, apply);
    } else if (field.is_repeated() && IsGroup(field)) {
      Lists(field, before, after, path, apply);
    } else if (field.is_repeated()) {
      Add(path, ListText(field, before), ListText(field, after), apply);
    } else if (IsGroup(field)) {
      Groups(before.GetReflection()->GetMessage(before, &field),
             after.GetReflection()->GetMessage(after, &field), path, apply);
    } else {
      Add(path, Text(field, before), Text(field, after), apply);
    }
  }

  static std::string Text(const FieldDescriptor& field, const Message& message) {
    return message.GetReflection()->HasField(message, &field) ? ToText(field, message) : "";
  }

  void Maps(const FieldDescriptor& field, const Message& before, const Message& after,
            const std::string& path, v1::Apply apply) {
    std::map<std::string, std::string> from = MapEntries(field, before);
    std::map<std::string, std::string> to = MapEntries(field, after);
    std::set<std::string> keys;
    for (const auto& [key, value] : from) keys.insert(key);
    for (const auto& [key, value] : to) keys.insert(key);
    for (const std::string& key : keys) {
      if (from[key] == to[key]) continue;
      Changed(JoinPath(path, key), ShownOption(key, from[key]), ShownOption(key, to[key]), apply);
    }
  }

  void Lists(const FieldDescriptor& field, const Message& before, const Message& after,
             const std::string& path, v1::Apply floor) {
    const int size_before = before.GetReflection()->FieldSize(before, &field);
    const int size_after = after.GetReflection()->FieldSize(after, &field);
    const auto& factory = *google::protobuf::MessageFactory::generated_factory();
    const Message& none =
        *const_cast<google::protobuf::MessageFactory&>(factory).GetPrototype(field.message_type());
    for (int i = 0; i < std::max(size_before, size_after); ++i) {
      const bool both = i < std::min(size_before, size_after);
      Groups(i < size_before ? before.GetReflection()->GetRepeatedMessage(before, &field, i) : none,
             i < size_after ? after.GetReflection()->GetRepeatedMessage(after, &field, i) : none,
             ElementPath(path, static_cast<size_t>(i)),
             both || !lists_grow_ ? floor : std::max(floor, SettingOf(field).apply()));
    }
  }

  void Add(const std::string& path, std::string before, std::string after, v1::Apply apply) {
    if (before != after) Changed(path, std::move(before), std::move(after), apply);
  }

  void Changed(const std::string& path, std::string before, std::string after, v1::Apply apply) {
    admin::v1::Change& change = changes_.emplace_back();
    change.set_path(path);
    change.set_before(std::move(before));
    change.set_after(std::move(after));
    change.set_apply(v1::Apply_Name(apply));
  }

  const bool lists_grow_;
  std::vector<admin::v1::Change> changes_;
};

}  // namespace

std::vector<admin::v1::Change> Diff(const v1::Config& before, const v1::Config& after) {
  Differ differ(/*lists_grow=*/true);
  differ.Groups(before, after, "", v1::APPLY_UNSPECIFIED);
  return differ.TakeChanges();
}

std::vector<admin::v1::Change> Values(const v1::Config& config) {
  Differ differ(/*lists_grow=*/false);
  differ.Groups(v1::Config(), config, "", v1::APPLY_UNSPECIFIED);
  return differ.TakeChanges();
}

}  // namespace troupe::config
