// What a call has changed, for the audit log: paths with their values before and after, as people
// read them. Whoever notes a value that is a secret redacts it. Values; any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "troupe/admin/v1/config.pb.h"

namespace troupe::admin {

using Changes = std::vector<v1::Change>;

// Where the values differ.
inline void Note(Changes& changes, std::string path, std::string before, std::string after) {
  if (before == after) return;
  v1::Change& change = changes.emplace_back();
  change.set_path(std::move(path));
  change.set_before(std::move(before));
  change.set_after(std::move(after));
}

}  // namespace troupe::admin
