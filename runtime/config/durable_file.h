// A small file that is either as it was or whole: written under another name, synced, renamed, and
// the folder synced; and the folder for it. Blocking; any thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace troupe::config {

// UNAVAILABLE with the reason and what to do.
absl::Status WriteDurably(const std::string& folder, const std::string& name,
                          std::string_view text);

// A folder for its owner alone, which outlives a loss of power; one that is there already is left
// as it is. UNAVAILABLE with the reason.
absl::Status MakeFolderDurably(const std::string& folder);

}  // namespace troupe::config
