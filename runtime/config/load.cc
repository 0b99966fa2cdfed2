#include "runtime/config/load.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "runtime/config/defaults.h"
#include "runtime/config/env_file.h"
#include "runtime/config/environment.h"
#include "runtime/config/field.h"
#include "runtime/config/message_reader.h"
#include "runtime/config/problems.h"
#include "runtime/config/secrets.h"
#include "runtime/config/set_path.h"
#include "runtime/config/text.h"
#include "runtime/config/yaml_tree.h"

namespace troupe::config {
namespace {

v1::Config ReadDefault(std::string_view yaml, Problems& problems) {
  constexpr std::string_view kName = "embedded default";
  v1::Config config;
  Origins ignored;  // a value without origin is a default
  YamlNode root;
  if (ParseYaml(kName, yaml, root, problems)) {
    ReadMessage(kName, root, config, ignored, problems);
  }
  return config;
}

// A list takes the place of the one below it instead of being added to it.
void ClearListsOf(const Message& above, Message& below) {
  const auto& reflection = *above.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(above, &set);
  for (const FieldDescriptor* field : set) {
    if (field->is_repeated()) {
      if (!field->is_map()) below.GetReflection()->ClearField(&below, field);
    } else if (IsGroup(*field)) {
      ClearListsOf(reflection.GetMessage(above, field),
                   *below.GetReflection()->MutableMessage(&below, field));
    }
  }
}

// A file that others may read is no place for a secret; what refers to one may stand there.
void RefuseOpenSecrets(const NamedText& file, const v1::Config& config, const Origins& origins,
                       Problems& problems) {
  for (int i = 0; i < config.pools_size(); ++i) {
    for (const auto& [option, value] : config.pools(i).options()) {
      if (value == kRedacted || !IsSecret(option, value)) continue;
      const std::string pool = ElementPath("pools", static_cast<size_t>(i));
      const std::string path = JoinPath(JoinPath(pool, "options"), option);
      problems.Add(origins.Nearest(path), path,
                   Concat("is a secret in a file that others may read; allowed: chmod 600 ",
                          file.name, ", or in its place {file: PATH} or {env: NAME}"));
    }
  }
}

// Lays what the file says over the default.
void ApplyFile(const NamedText& file, v1::Config& config, Origins& origins, Problems& problems) {
  YamlNode root;
  if (!ParseYaml(file.name, file.text, root, problems)) return;
  v1::Config from_file;
  ReadMessage(file.name, root, from_file, origins, problems);
  if (file.open_to_others) RefuseOpenSecrets(file, from_file, origins, problems);
  if (origins.Has("pools") || origins.Has("routes")) {
    config.clear_pools();
    config.clear_routes();
  }
  if (origins.Has("http")) config.clear_http();
  ClearListsOf(from_file, config);
  config.MergeFrom(from_file);
}

void ApplySets(const std::vector<Assignment>& sets, v1::Config& config, Origins& origins,
               Problems& problems) {
  for (const Assignment& set : sets) {
    const auto parts = SplitOnce(set.text, '=');
    if (!parts) {
      problems.Add(set.origin, "",
                   Concat(Quoted(set.text),
                          " has no '='; allowed: PATH=VALUE, as limits.body_bytes_max=2MiB"));
      continue;
    }
    const absl::StatusOr<std::string> path = SetByPath(parts->first, parts->second, config);
    if (path.ok()) {
      origins.Replace(*path, set.origin);
    } else {
      problems.Add(set.origin, parts->first, MessageOf(path.status()));
    }
  }
}

Variables CollectVariables(const Inputs& inputs, Problems& problems) {
  Variables variables;
  for (const NamedText& file : inputs.env_files) {
    ReadEnvFile(file.name, file.text, variables, problems);
  }
  for (const auto& [name, value] : inputs.environment) {
    variables.insert_or_assign(name, Variable{value, Concat("environment ", name)});
  }
  return variables;
}

std::optional<NamedText> ReadFile(const std::string& name, Problems& problems) {
  errno = 0;
  std::ifstream stream(name, std::ios::binary);
  std::string text(kYamlBytesMax + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.eof() && stream.fail()) {
    problems.Add(name, "", Concat("cannot be read: ", std::strerror(errno)));
    return std::nullopt;
  }
  text.resize(static_cast<size_t>(stream.gcount()));
  struct stat file {};
  const bool open_to_others =
      stat(name.c_str(), &file) == 0 && S_ISREG(file.st_mode) && (file.st_mode & 077) != 0;
  return NamedText{name, std::move(text), open_to_others};
}

}  // namespace

absl::StatusOr<Loaded> Compose(const Inputs& inputs, std::string_view default_yaml,
                               const Checks& checks) {
  Problems problems;
  Loaded loaded;
  loaded.config = ReadDefault(default_yaml, problems);
  if (inputs.file) ApplyFile(*inputs.file, loaded.config, loaded.origins, problems);
  if (inputs.known != nullptr) RestoreSecrets(*inputs.known, loaded.config);
  ApplyVariables(CollectVariables(inputs, problems), loaded.config, loaded.origins, problems,
                 loaded.warnings);
  ApplySets(inputs.sets, loaded.config, loaded.origins, problems);
  ApplyDefaults(loaded.config);
  Validate(loaded.config, checks, loaded.origins, problems);
  if (!problems.empty()) return problems.ToStatus();
  return loaded;
}

absl::StatusOr<Inputs> Read(const Source& source) {
  Problems problems;
  Inputs inputs{.file = std::nullopt,
                .env_files = {},
                .environment = source.environment,
                .sets = source.sets,
                .known = nullptr};
  if (source.file) inputs.file = ReadFile(*source.file, problems);
  for (const std::string& name : source.env_files) {
    if (auto file = ReadFile(name, problems)) inputs.env_files.push_back(*std::move(file));
  }
  if (!problems.empty()) return problems.ToStatus();
  return inputs;
}

absl::StatusOr<Loaded> Load(const Source& source, std::string_view default_yaml,
                            const Checks& checks) {
  absl::StatusOr<Inputs> inputs = Read(source);
  if (!inputs.ok()) return inputs.status();
  return Compose(*inputs, default_yaml, checks);
}

}  // namespace troupe::config
