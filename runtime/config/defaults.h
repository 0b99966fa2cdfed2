// Fills in the defaults that the schema declares. Stateless; any thread.
#pragma once

#include "troupe/config/v1/config.pb.h"

namespace troupe::config {

// Sets every field that is unset and has a default, in all groups and elements, so that code reads
// plain values. What has none stays unset: has_...() tells, as for routes[].request_timeout.
void ApplyDefaults(v1::Config& config);

}  // namespace troupe::config
