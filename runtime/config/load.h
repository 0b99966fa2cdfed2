// Makes one configuration of all its sources and checks it whole, before anything starts. Later
// sources win:
//
//   embedded default < file < env-files, in their order < environment < --set and flags, in their
//   order
//
// A list in the file replaces that of the default; pools and routes are replaced together when the
// file has one of them. Blocking; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/config/origins.h"
#include "runtime/config/validate.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {

// One field set on the command line.
struct Assignment {
  std::string text;    // "limits.fields_max=50"
  std::string origin;  // "--set", "--http"
};

// Where to look, by name.
struct Source {
  std::optional<std::string> file;
  std::vector<std::string> env_files;
  std::map<std::string, std::string> environment;  // of the process, whole
  std::vector<Assignment> sets;
};

// The same with the files read.
struct NamedText {
  std::string name;
  std::string text;
  bool open_to_others = false;  // not only its owner may read the file
};
struct Inputs {
  std::optional<NamedText> file;
  std::vector<NamedText> env_files;
  std::map<std::string, std::string> environment;
  std::vector<Assignment> sets;
  // What the file's redacted secrets stand for, where it was shown before; null: refused.
  const v1::Config* known = nullptr;
};

struct Loaded {
  v1::Config config;  // every default filled in
  Origins origins;
  std::vector<std::string> warnings;
};

// INVALID_ARGUMENT with one line for each problem: where it is, the path of the field, what is
// wrong and what is allowed.
absl::StatusOr<Inputs> Read(const Source& source);
absl::StatusOr<Loaded> Load(const Source& source, std::string_view default_yaml,
                            const Checks& checks);
absl::StatusOr<Loaded> Compose(const Inputs& inputs, std::string_view default_yaml,
                               const Checks& checks);

}  // namespace troupe::config
