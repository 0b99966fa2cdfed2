// Settings from TROUPE_* variables: TROUPE_LIMITS_BODY_BYTES_MAX is limits.body_bytes_max;
// TROUPE_POOLS_0_QUEUE_MAX is pools[0].queue_max, and so is TROUPE_POOLS_ECHO_QUEUE_MAX where that
// pool is named echo; TROUPE_POOLS_ECHO_OPTIONS_BODY is its option "body". Not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/config/env_file.h"
#include "runtime/config/origins.h"
#include "runtime/config/problems.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {

// The variable for the field at `path`.
std::string VariableName(std::string_view path);

// Sets what `variables` say. Names that do not begin with TROUPE_ belong to others. One that does
// and stands for no setting is a problem, unless Kubernetes made it for a service called troupe:
// then it is a warning.
void ApplyVariables(const Variables& variables, v1::Config& config, Origins& origins,
                    Problems& problems, std::vector<std::string>& warnings);

}  // namespace troupe::config
