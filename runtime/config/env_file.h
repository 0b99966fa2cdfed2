// Reads files of KEY=VALUE lines. Values only; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "runtime/config/problems.h"

namespace troupe::config {

struct Variable {
  std::string value;
  std::string origin;  // "environment TROUPE_X", "local.env:3"
};
using Variables = std::map<std::string, Variable>;

// Adds the variables of an env-file to `variables`, over those of the same name: KEY=VALUE lines,
// blank lines and lines that begin with #. A value stands bare, in 'single' quotes (as it is) or in
// "double" quotes (with \n, \t, \" and \\). `name` is that of the file, for origins and problems.
void ReadEnvFile(std::string_view name, std::string_view text, Variables& variables,
                 Problems& problems);

}  // namespace troupe::config
