// Checks a configuration as a whole: what the type and range of single fields cannot say.
// Stateless; any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "runtime/config/origins.h"
#include "runtime/config/problems.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {

// What only the server knows.
struct Checks {
  // The names of the services there are.
  std::vector<std::string> services;
  // Judges the options of a pool whose service there is. May be empty.
  std::function<absl::Status(const v1::Pool&)> check_options;
};

// Adds to `problems` every required field that is missing and every relation that does not hold.
// Defaults have been applied to `config`; `origins` say where its values came from.
void Validate(const v1::Config& config, const Checks& checks, const Origins& origins,
              Problems& problems);

}  // namespace troupe::config
