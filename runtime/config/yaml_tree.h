// YAML (and with it JSON) as a tree that knows the line of every part. What a configuration has no
// use for and an attacker has is refused: aliases, tags, several documents, deep nesting, huge
// files. Values only; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/config/problems.h"

namespace troupe::config {

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Key {
    std::string name;
    int line;
  };

  Kind kind = Kind::kNull;
  int line = 1;
  std::string scalar;              // as text, whether it was quoted or not
  std::vector<Key> keys;           // of a map, in their order; duplicates are kept
  std::vector<YamlNode> children;  // the values of a map, beside `keys`, or the elements of a list
};

inline constexpr size_t kYamlBytesMax = 1 << 20;

// False, and a problem in `problems`, when `text` is not well-formed or not allowed. `name` is that
// of the file, for the messages.
bool ParseYaml(std::string_view name, std::string_view text, YamlNode& root, Problems& problems);

}  // namespace troupe::config
