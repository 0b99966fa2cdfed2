// A small file that is either as it was or whole: written under another name, synced, renamed, and
// the folder synced. Blocking; any thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace troupe::config {

// UNAVAILABLE with the reason and what to do.
absl::Status WriteDurably(const std::string& folder, const std::string& name,
                          std::string_view text);

}  // namespace troupe::config
