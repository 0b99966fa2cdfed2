#include "runtime/config/environment.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "runtime/config/field.h"
#include "runtime/config/set_path.h"
#include "runtime/config/suggest.h"
#include "runtime/config/text.h"

namespace troupe::config {
namespace {

constexpr std::string_view kPrefix = "TROUPE_";

// Every variable that stands for a field of a configuration as it is now, elements by index and by
// name.
class VariableNames {
 public:
  explicit VariableNames(const v1::Config& config) { AddGroup("", config); }

  std::optional<std::string> PathOf(const std::string& name) const {
    const auto field = fields_.find(name);
    if (field != fields_.end()) return field->second;
    for (const auto& [prefix, path] : maps_) {
      if (name.size() > prefix.size() && name.starts_with(prefix)) {
        return Concat(path, absl::AsciiStrToLower(name.substr(prefix.size())));
      }
    }
    return std::nullopt;
  }

  std::string ClosestTo(std::string_view name) const {
    std::vector<std::string> names;
    for (const auto& [known, path] : fields_) names.push_back(known);
    return Closest(name, names);
  }

 private:
  void AddGroup(const std::string& path, const Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string field_path = JoinPath(path, field.name());
      if (field.is_map()) {
        maps_.emplace(VariableName(field_path + "."), field_path + ".");
      } else if (!IsGroup(field)) {
        fields_.emplace(VariableName(field_path), field_path);
      } else if (field.is_repeated()) {
        AddList(field, field_path, message);
      } else {
        AddGroup(field_path, message.GetReflection()->GetMessage(message, &field));
      }
    }
  }

  // The element behind the last is listed too: a variable may begin it.
  void AddList(const FieldDescriptor& field, const std::string& path, const Message& message) {
    const auto& reflection = *message.GetReflection();
    const FieldDescriptor* name_field = field.message_type()->FindFieldByName("name");
    const int size = reflection.FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      const Message& element = reflection.GetRepeatedMessage(message, &field, i);
      AddGroup(ElementPath(path, i), element);
      if (name_field == nullptr) continue;
      const std::string name = ToText(*name_field, element);
      if (!name.empty()) AddGroup(JoinPath(path, name), element);
    }
    const Message& prototype = *reflection.GetMessageFactory()->GetPrototype(field.message_type());
    AddGroup(ElementPath(path, size), prototype);
  }

  std::map<std::string, std::string> fields_;  // variable to path
  std::map<std::string, std::string> maps_;    // "TROUPE_POOLS_0_OPTIONS_" to "pools[0].options."
};

// Kubernetes gives every container of a namespace variables for each service there, unless
// enableServiceLinks is false; those of a service called troupe look like ours.
bool IsServiceLink(std::string_view name, std::string_view value) {
  return name.ends_with("_SERVICE_HOST") || Contains(name, "_SERVICE_PORT") ||
         (name.ends_with("_PORT") && Contains(value, "://")) ||
         (Contains(name, "_PORT_") &&
          (Contains(name, "_TCP") || Contains(name, "_UDP") || Contains(name, "_SCTP")));
}

using Pending = std::vector<std::pair<std::string, Variable>>;

// Sets those whose names are known by now and returns the others.
Pending ApplyKnown(const Pending& pending, v1::Config& config, Origins& origins,
                   Problems& problems) {
  const VariableNames names(config);
  Pending unknown;
  for (const auto& [name, variable] : pending) {
    const std::optional<std::string> path = names.PathOf(name);
    if (!path) {
      unknown.emplace_back(name, variable);
      continue;
    }
    const absl::StatusOr<std::string> set = SetByPath(*path, variable.value, config);
    if (set.ok()) {
      origins.Replace(*set, variable.origin);
    } else {
      problems.Add(variable.origin, *path, MessageOf(set.status()));
    }
  }
  return unknown;
}

void Report(const Pending& unknown, const v1::Config& config, Problems& problems,
            std::vector<std::string>& warnings) {
  const VariableNames names(config);
  for (const auto& [name, variable] : unknown) {
    if (IsServiceLink(name, variable.value)) {
      warnings.push_back(Concat(variable.origin, ": ", name,
                                " was made by Kubernetes for a service and is not used; set "
                                "enableServiceLinks: false to be rid of it"));
      continue;
    }
    const std::string closest = names.ClosestTo(name);
    problems.Add(variable.origin, "",
                 Concat(name, " stands for no setting; ",
                        closest.empty() ? "the names are in docs/CONFIG.md"
                                        : Concat("did you mean ", closest, "?")));
  }
}

}  // namespace

std::string VariableName(std::string_view path) {
  std::string name(kPrefix);
  for (char c : path) {
    if (c != ']') name.push_back(absl::ascii_isalnum(c) ? absl::ascii_toupper(c) : '_');
  }
  return name;
}

void ApplyVariables(const Variables& variables, v1::Config& config, Origins& origins,
                    Problems& problems, std::vector<std::string>& warnings) {
  Pending pending;
  for (const auto& [name, variable] : variables) {
    if (name.starts_with(kPrefix)) pending.emplace_back(name, variable);
  }
  // An element that one variable begins makes the names of its fields and of the next element
  // known.
  for (size_t before = 0; !pending.empty() && pending.size() != before;) {
    before = pending.size();
    pending = ApplyKnown(pending, config, origins, problems);
  }
  if (!pending.empty()) Report(pending, config, problems, warnings);
}

}  // namespace troupe::config
