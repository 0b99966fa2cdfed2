// The options of one pool's service, `pools[].options` in the configuration, as its constructor
// reads them:
//
//   explicit Respond(ServiceOptions& options) : status_(options.Int("status", 200, 200, 599)) {}
//
// A value that cannot be used never stops the constructor: the getter answers the default and keeps
// the mistake for Check, which the runtime asks next and whose sentence refuses the configuration.
// Read all options in the constructor (or in Create): an option that nobody asked for by then is
// reported as unknown. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace troupe {

class ServiceOptions {
 public:
  using Values = std::map<std::string, std::string, std::less<>>;

  explicit ServiceOptions(Values values) : values_(std::move(values)) {}

  std::string String(std::string_view name, std::string_view default_value);
  // One of a few words.
  std::string OneOf(std::string_view name, std::string_view default_value,
                    std::initializer_list<std::string_view> allowed);
  int64_t Int(std::string_view name, int64_t default_value, int64_t min, int64_t max);
  // "100ms", "2s", "1m30s"; not negative, not infinite.
  absl::Duration Duration(std::string_view name, absl::Duration default_value);
  // For a service's own rules: records that the option's value is not allowed. `allowed` ends the
  // sentence "it must be ...".
  void Refuse(std::string_view name, std::string_view allowed);

  // INVALID_ARGUMENT with the first mistake, or with an unknown option and those there are.
  absl::Status Check() const;

 private:
  // nullptr when the option is not set.
  const std::string* Find(std::string_view name);

  Values values_;
  std::vector<std::string> known_;  // those asked for
  absl::Status mistake_;
};

}  // namespace troupe
