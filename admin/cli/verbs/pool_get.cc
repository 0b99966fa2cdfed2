#include "admin/cli/format.h"
#include "admin/cli/pool_page.h"
#include "admin/cli/verbs/verbs.h"

namespace troupe::admin::cli {

void AddPoolGet(Command group, Tool& tool) {
  struct PoolGetOptions {
    std::string pool;
    std::optional<absl::Duration> watch;
  };
  auto options = std::make_shared<PoolGetOptions>();
  Command verb = group.Verb("get", "One pool: state, capacity, queue, times, deaths");
  verb.Argument("POOL", options->pool, "As pool ls shows it");
  verb.Watch(options->watch, "Again every second, or every INTERVAL with --watch=INTERVAL");
  verb.Run([&tool, options] {
    v1::GetPoolRequest request;
    request.set_name(FullName("pools", options->pool));
    tool.Repeat(options->watch, [&] {
      tool.output().Print(tool.Call<v1::Pool>("Pools.GetPool", request), ShowPool);
    });
  });
}

}  // namespace troupe::admin::cli
