#include "runtime/config/set_path.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "runtime/config/field.h"
#include "runtime/config/map_field.h"
#include "runtime/config/origins.h"
#include "runtime/config/suggest.h"
#include "runtime/config/text.h"
#include "runtime/config/values.h"

namespace troupe::config {
namespace {

template <typename... Parts>
absl::Status Refused(const Parts&... parts) {
  return absl::InvalidArgumentError(Concat(parts...));
}

// "A,B" or "[A, B]"; empty for none.
absl::Status SetList(const FieldDescriptor& field, std::string_view text, Message& message) {
  message.GetReflection()->ClearField(&message, &field);
  if (text.starts_with("[") && text.ends_with("]")) {
    text = text.substr(1, text.size() - 2);
  }
  if (Strip(text).empty()) return absl::OkStatus();
  for (std::string_view part : Split(text, ',')) {
    absl::Status status = SetFromText(field, Strip(part), message);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Follows a path from the root to the field that it names, one part at a time.
class PathSetter {
 public:
  PathSetter(std::string_view path, v1::Config& config) : rest_(path), message_(&config) {}

  absl::StatusOr<std::string> Set(std::string_view text) {
    while (true) {
      const std::string_view name = TakeName();
      const FieldDescriptor* field = message_->GetDescriptor()->FindFieldByName(std::string(name));
      if (field == nullptr) return Refused(NoSuchField(name, *message_->GetDescriptor()));
      path_ = JoinPath(path_, name);
      absl::Status status;
      if (field->is_map()) {
        status = SetEntry(*field, text);
      } else if (IsGroup(*field)) {
        status = field->is_repeated() ? EnterElement(*field) : EnterGroup(*field);
        if (status.ok()) continue;
      } else {
        status = SetValue(*field, text);
      }
      if (!status.ok()) return status;
      return path_;
    }
  }

 private:
  std::string_view TakeName() {
    const std::string_view name = rest_.substr(0, rest_.find_first_of(".["));
    rest_.remove_prefix(name.size());
    return name;
  }

  absl::Status SetValue(const FieldDescriptor& field, std::string_view text) {
    if (!rest_.empty()) return Refused(path_, " is a value and has no fields or elements");
    return field.is_repeated() ? SetList(field, text, *message_)
                               : SetFromText(field, text, *message_);
  }

  absl::Status SetEntry(const FieldDescriptor& field, std::string_view text) {
    if (!ConsumePrefix(rest_, ".") || rest_.empty()) {
      return Refused(path_, " holds names with values; allowed: ", path_, ".NAME=VALUE");
    }
    Append(path_, ".", rest_);
    return SetMapEntry(field, rest_, text, *message_);
  }

  absl::Status EnterGroup(const FieldDescriptor& field) {
    if (!ConsumePrefix(rest_, ".")) {
      return Refused(path_, " is a group; set one of its fields: ",
                     absl::StrJoin(FieldNames(*field.message_type()), ", "));
    }
    message_ = message_->GetReflection()->MutableMessage(message_, &field);
    return absl::OkStatus();
  }

  absl::Status EnterElement(const FieldDescriptor& field) {
    const absl::StatusOr<int> index = ConsumePrefix(rest_, "[")   ? TakeIndex(field)
                                      : ConsumePrefix(rest_, ".") ? TakeElementName(field)
                                                                  : WholeList(field);
    if (!index.ok()) return index.status();
    path_ = ElementPath(path_, *index);
    if (!ConsumePrefix(rest_, ".")) {
      return Refused(path_, " is a group; set one of its fields: ",
                     absl::StrJoin(FieldNames(*field.message_type()), ", "));
    }
    const auto& reflection = *message_->GetReflection();
    message_ = *index == reflection.FieldSize(*message_, &field)
                   ? reflection.AddMessage(message_, &field)
                   : reflection.MutableRepeatedMessage(message_, &field, *index);
    return absl::OkStatus();
  }

  absl::StatusOr<int> WholeList(const FieldDescriptor& field) const {
    return Refused(path_, " is a list; set a field of one element, as ", path_, "[0].",
                   field.message_type()->field(0)->name());
  }

  absl::StatusOr<int> TakeIndex(const FieldDescriptor& field) {
    const size_t end = rest_.find(']');
    const auto index = ParseNumber(rest_.substr(0, end));
    const int size = message_->GetReflection()->FieldSize(*message_, &field);
    if (end == std::string_view::npos || !index.ok() || *index > static_cast<uint64_t>(size)) {
      return Refused(path_, "[", rest_.substr(0, end), "] is no element; allowed: ", path_,
                     "[0] to ", path_, "[", size, "], the last to add one");
    }
    rest_.remove_prefix(end + 1);
    return static_cast<int>(*index);
  }

  absl::StatusOr<int> TakeElementName(const FieldDescriptor& field) {
    const FieldDescriptor* name_field = field.message_type()->FindFieldByName("name");
    if (name_field == nullptr) return WholeList(field);
    const std::string_view name = TakeName();
    const auto& reflection = *message_->GetReflection();
    std::vector<std::string> names;
    for (int i = 0; i < reflection.FieldSize(*message_, &field); ++i) {
      names.push_back(ToText(*name_field, reflection.GetRepeatedMessage(*message_, &field, i)));
      if (names.back() == name) return i;
    }
    return Refused(path_, " has no element named ", Quoted(name), "; ", Suggestion(name, names));
  }

  std::string_view rest_;
  Message* message_;
  std::string path_;
};

}  // namespace

absl::StatusOr<std::string> SetByPath(std::string_view path, std::string_view text,
                                      v1::Config& config) {
  return PathSetter(path, config).Set(text);
}

}  // namespace troupe::config
