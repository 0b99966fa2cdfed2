#include "admin/cli/format.h"
#include "admin/cli/pool_update.h"
#include "admin/cli/verbs/verbs.h"
#include "runtime/config/text.h"
#include "runtime/config/values.h"

namespace troupe::admin::cli {
namespace {

constexpr uint64_t kWorkersMax = INT32_MAX;

// "4" or "2-8".
std::pair<int32_t, int32_t> ParseBounds(const std::string& text) {
  const auto parts = config::SplitOnce(text, '-').value_or(
      std::pair<std::string_view, std::string_view>(text, text));
  const absl::StatusOr<uint64_t> min = config::ParseNumber(parts.first);
  const absl::StatusOr<uint64_t> max = config::ParseNumber(parts.second);
  if (!min.ok() || !max.ok() || *min > *max || *max > kWorkersMax) {
    throw Failure(ExitCode::kUsage, config::Concat(config::Quoted(text),
                                                   " is no number of workers; write N or MIN-MAX, "
                                                   "as 4 or 2-8"));
  }
  return {static_cast<int32_t>(*min), static_cast<int32_t>(*max)};
}

}  // namespace

void AddPoolScale(Command group, Tool& tool) {
  struct PoolScaleOptions {
    std::string pool;
    std::string workers;
    PoolUpdateOptions update;
  };
  auto options = std::make_shared<PoolScaleOptions>();
  Command verb = group.Verb("scale", "Sets how many workers a pool has; makes a revision");
  verb.Argument("POOL", options->pool, "As pool ls shows it");
  verb.Argument("WORKERS", options->workers, "N for a fixed number, MIN-MAX to scale between");
  options->update.Declare(verb);
  verb.Run([&tool, options] {
    const auto [min, max] = ParseBounds(options->workers);
    v1::UpdatePoolRequest request;
    v1::Pool& pool = *request.mutable_pool();
    pool.set_name(FullName("pools", options->pool));
    pool.set_workers_min(min);
    pool.set_workers_max(max);
    request.mutable_update_mask()->add_paths("workers_min");
    request.mutable_update_mask()->add_paths("workers_max");
    UpdatePool(tool, request, options->update);
  });
}

}  // namespace troupe::admin::cli
