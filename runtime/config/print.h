// The configuration in effect as YAML, for people and for Load: what is printed loads again to the
// same. Stateless; any thread.
#pragma once

#include <string>

#include "runtime/config/origins.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {

// Each value has a comment that says where it came from.
std::string PrintConfig(const v1::Config& config, const Origins& origins);
// The same without comments: the canonical form, equal for equal configurations.
std::string PrintConfig(const v1::Config& config);

}  // namespace troupe::config
