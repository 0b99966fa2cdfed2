// What the tests of this folder share: loading from text, with the services that trouped has.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/config/default_config.h"
#include "runtime/config/load.h"
#include "runtime/config/validate.h"

namespace troupe::config {

inline Checks KnownServices() {
  return {.services = {"echo", "respond", "welcome"}, .check_options = nullptr};
}

inline Inputs FromFile(std::string_view yaml) {
  return {.file = NamedText{"t.yaml", std::string(yaml)},
          .env_files = {},
          .environment = {},
          .sets = {},
          .known = nullptr};
}

inline absl::StatusOr<Loaded> LoadInputs(const Inputs& inputs) {
  return Compose(inputs, DefaultConfig(), KnownServices());
}

inline absl::StatusOr<Loaded> LoadYaml(std::string_view yaml) { return LoadInputs(FromFile(yaml)); }

inline absl::StatusOr<Loaded> LoadSets(const std::vector<std::string>& sets) {
  Inputs inputs;
  for (const std::string& set : sets) inputs.sets.push_back({set, "--set"});
  return LoadInputs(inputs);
}

inline absl::StatusOr<Loaded> LoadEnvironment(const std::map<std::string, std::string>& variables) {
  Inputs inputs;
  inputs.environment = variables;
  return LoadInputs(inputs);
}

// The problems, one a line; empty when it loads.
inline std::string ProblemsOf(const absl::StatusOr<Loaded>& loaded) {
  return std::string(loaded.status().message());
}

}  // namespace troupe::config
