// Where each value of a configuration came from, by the path of its field: "pools[0].queue_max".
// Lists, their elements and messages have origins too, where a source mentions them. Not
// thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace troupe::config {

class Origins {
 public:
  // `origin` is "FILE:LINE", "environment NAME", "--set" or the like.
  void Set(std::string_view path, std::string origin);
  // The same for a value set anew: what is known of elements it had is forgotten.
  void Replace(std::string_view path, std::string origin);

  bool Has(std::string_view path) const { return origins_.contains(path); }

  // Of the value itself; "default" when no source mentions it.
  std::string Of(std::string_view path) const;
  // Of the innermost thing around it that a source mentions: where to look when something is
  // missing.
  std::string Nearest(std::string_view path) const;

 private:
  std::map<std::string, std::string, std::less<>> origins_;
};

// "pools[0]" and "name" make "pools[0].name".
std::string JoinPath(std::string_view parent, std::string_view field);
std::string ElementPath(std::string_view list, size_t index);

}  // namespace troupe::config
