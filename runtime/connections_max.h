// How many connections there may be, from the configuration and the descriptors that the process
// may open.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe {

// Raises the soft limit of descriptors to the hard one. FAILED_PRECONDITION when more are asked for
// than can be had. Any thread.
absl::StatusOr<int64_t> ConnectionsMax(const config::v1::Config& config);

}  // namespace troupe
