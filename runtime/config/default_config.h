// What trouped serves when it is given no file.
#pragma once

#include <string_view>

namespace troupe::config {

// YAML, for Load.
std::string_view DefaultConfig();

}  // namespace troupe::config
