// What `pool set` and `pool scale` share. One thread.
#pragma once

#include <string>

#include "admin/cli/tool.h"
#include "troupe/admin/v1/pools.pb.h"

namespace troupe::admin::cli {

struct PoolUpdateOptions {
  void Declare(Command& verb);

  std::string etag;
  std::string reason;
  bool dry_run = false;
};

// Sends the change, prints the pool as it is or would be, and says which revision was made.
void UpdatePool(Tool& tool, v1::UpdatePoolRequest request, const PoolUpdateOptions& options);

}  // namespace troupe::admin::cli
