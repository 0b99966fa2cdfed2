// Completion scripts for shells, made of the tree of verbs. Stateless; any thread.
#pragma once

#include <string>

#include "admin/cli/command.h"

namespace troupe::admin::cli {

std::string BashCompletion(const CommandInfo& root);
std::string ZshCompletion(const CommandInfo& root);
std::string FishCompletion(const CommandInfo& root);

}  // namespace troupe::admin::cli
