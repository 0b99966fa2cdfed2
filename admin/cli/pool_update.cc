#include "admin/cli/pool_update.h"

#include "admin/cli/pool_page.h"
#include "runtime/config/text.h"

namespace troupe::admin::cli {
namespace {

void ShowUpdate(const v1::UpdatePoolResponse& response, Page& page) {
  ShowPool(response.pool(), page);
  page.Remark(response.revision() == 0
                  ? "nothing was changed: this is how it would be"
                  : config::Concat("revision ", response.revision(),
                                   " was made; config rollback takes it back"));
}

}  // namespace

void PoolUpdateOptions::Declare(Command& verb) {
  verb.Option("--etag", "ETAG", etag, "Only if the pool is still as pool get showed it");
  verb.Option("--reason", "TEXT", reason, "Why, for the history");
  verb.Flag("--dry-run", dry_run, "Say what would be, change nothing");
}

void UpdatePool(Tool& tool, v1::UpdatePoolRequest request, const PoolUpdateOptions& options) {
  request.mutable_pool()->set_etag(options.etag);
  request.set_reason(options.reason);
  request.set_validate_only(options.dry_run);
  tool.output().Print(tool.Call<v1::UpdatePoolResponse>("Pools.UpdatePool", request), ShowUpdate);
}

}  // namespace troupe::admin::cli
