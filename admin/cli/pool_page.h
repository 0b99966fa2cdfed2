// One pool as people read it. Stateless; any thread.
#pragma once

#include "admin/cli/page.h"
#include "troupe/admin/v1/pools.pb.h"

namespace troupe::admin::cli {

void ShowPool(const v1::Pool& pool, Page& page);

}  // namespace troupe::admin::cli
