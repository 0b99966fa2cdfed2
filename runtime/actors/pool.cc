#include "runtime/actors/pool.h"

#include "absl/strings/str_cat.h"
#include "runtime/actors/queued_pool.h"
#include "runtime/actors/sharded_pool.h"
#include "runtime/actors/worker.h"

namespace troupe {
namespace {

absl::StatusOr<http::Router> LearnRoutes(const PoolSpec& spec, const ServiceEntry& entry) {
  ServiceOptions options(spec.options);
  absl::StatusOr<std::unique_ptr<Service>> service = entry.make(options);
  if (!service.ok()) return service.status();
  Routes routes;
  (*service)->Mount(routes);
  std::vector<http::RouteSpec> specs;
  for (const Route& route : routes.routes()) {
    specs.push_back({"", route.methods, route.pattern, static_cast<uint32_t>(specs.size())});
  }
  return http::Router::Build(specs);
}

}  // namespace

std::string_view PlacementName(Placement placement) {
  switch (placement) {
    case Placement::kReactor:
      return "REACTOR";
    case Placement::kShared:
      return "SHARED";
    case Placement::kDedicated:
      return "DEDICATED";
  }
  return "";
}

absl::StatusOr<std::unique_ptr<Pool>> Pool::Make(PoolSpec spec, const ServiceEntry& entry) {
  absl::StatusOr<http::Router> router = LearnRoutes(spec, entry);
  if (!router.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("pool ", spec.name, ", service ", entry.name,
                                                   ": ", router.status().message()));
  }
  if (spec.placement == Placement::kReactor) {
    return std::make_unique<ShardedPool>(std::move(spec), entry, *std::move(router));
  }
  return std::make_unique<QueuedPool>(std::move(spec), entry, *std::move(router));
}

void WorkBatch::Add(Worker& worker, Exchange& exchange) {
  if (worker_ != &worker) {
    Send();
    worker_ = &worker;
    work_.reset(Work::Make());
  }
  static_cast<Work&>(*work_).exchanges.Push(ExchangeHandle(&exchange));
}

void WorkBatch::Add(const ActorRef<Worker>& worker, Exchange& exchange) {
  Add(*worker, exchange);
  if (!reference_) reference_ = worker;
}

void WorkBatch::Send() {
  if (worker_ == nullptr) return;
  worker_->enqueue(std::move(work_), nullptr);
  worker_ = nullptr;
  reference_ = {};
}

}  // namespace troupe
