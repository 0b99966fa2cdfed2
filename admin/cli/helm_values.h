// Changes of the configuration as values of the Helm chart. Stateless; any thread.
#pragma once

#include <string>

#include "troupe/admin/v1/config.pb.h"

namespace troupe::admin::cli {

// YAML with the changed values of `view`, which is the newer side of `diff`, under "config:". Helm
// replaces lists whole, so a change within a list brings the list; what is not set any more is
// null, which takes the chart's own value away. Text that YAML 1.1 would take for a truth, a number
// or a time is quoted. Throws Failure with kRefused when the view's YAML is none.
std::string HelmValues(const v1::DiffRevisionsResponse& diff, const v1::ConfigView& view);

}  // namespace troupe::admin::cli
