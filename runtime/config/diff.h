// What differs between two configurations, and what stands in one, field by field; secrets are
// redacted. Stateless; any thread.
#pragma once

#include <vector>

#include "troupe/admin/v1/config.pb.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {

// In the order of the schema. What stands in an element that only one of them has is at least as
// hard to change as the list itself. `refusal` is left empty.
std::vector<admin::v1::Change> Diff(const v1::Config& before, const v1::Config& after);

// What is set, as `after`, and how each value can change while its list stays as long as it is.
std::vector<admin::v1::Change> Values(const v1::Config& config);

}  // namespace troupe::config
