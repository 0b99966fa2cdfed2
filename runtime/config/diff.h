// What differs between two configurations, field by field. Stateless; any thread.
#pragma once

#include <vector>

#include "troupe/admin/v1/config.pb.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {

// In the order of the schema. What stands in an element that only one of them has is at least as
// hard to change as the list itself. `refusal` is left empty.
std::vector<admin::v1::Change> Diff(const v1::Config& before, const v1::Config& after);

}  // namespace troupe::config
