#include "runtime/actors/pool.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "runtime/actors/queued_pool.h"
#include "runtime/actors/sharded_pool.h"
#include "runtime/actors/worker.h"

namespace troupe {
namespace {

constexpr Nanos kHangGrace = kNanosPerSecond;

struct LearntRoutes {
  http::Router router;
  std::vector<std::string> names;
};

std::string NameOf(const Route& route) {
  std::string methods;
  for (int i = 0; i < http::kMethodCount; ++i) {
    auto method = static_cast<http::Method>(i);
    if (!route.methods.Contains(method)) continue;
    if (!methods.empty()) methods += '|';
    methods += http::MethodName(method);
  }
  return absl::StrCat(methods, " ", route.pattern);
}

absl::StatusOr<LearntRoutes> LearnRoutes(const PoolSpec& spec, const ServiceEntry& entry) {
  ServiceOptions options(spec.options);
  absl::StatusOr<std::unique_ptr<Service>> service = entry.make(options);
  if (!service.ok()) return service.status();
  Routes routes;
  (*service)->Mount(routes);
  std::vector<http::RouteSpec> specs;
  LearntRoutes learnt;
  for (const Route& route : routes.routes()) {
    specs.push_back({"", route.methods, route.pattern, static_cast<uint32_t>(specs.size())});
    learnt.names.push_back(NameOf(route));
  }
  absl::StatusOr<http::Router> router = http::Router::Build(specs);
  if (!router.ok()) return router.status();
  learnt.router = *std::move(router);
  return learnt;
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
  absl::StatusOr<LearntRoutes> routes = LearnRoutes(spec, entry);
  if (!routes.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("pool ", spec.name, ", service ", entry.name,
                                                   ": ", routes.status().message()));
  }
  if (spec.placement == Placement::kReactor) {
    return std::make_unique<ShardedPool>(std::move(spec), entry, std::move(routes->router),
                                         std::move(routes->names));
  }
  return std::make_unique<QueuedPool>(std::move(spec), entry, std::move(routes->router),
                                      std::move(routes->names));
}

Pool::Pool(PoolSpec spec, const ServiceEntry& entry, http::Router router,
           std::vector<std::string> route_names)
    : spec_(std::move(spec)),
      entry_(entry),
      router_(std::move(router)),
      route_names_(std::move(route_names)),
      crashes_(spec_.name, spec_.redact),
      quarantine_(spec_.quarantine, route_names_) {
  Apply(spec_.policy);
}

void Pool::Apply(const PoolPolicy& policy) {
  workers_max_.store(policy.workers_max, std::memory_order_relaxed);
  in_flight_max_.store(policy.in_flight_max, std::memory_order_relaxed);
  queue_max_.store(policy.queue_max, std::memory_order_relaxed);
  hang_timeout_.store(policy.hang_timeout, std::memory_order_relaxed);
  restart_on_throw_.store(policy.restart_on_throw, std::memory_order_relaxed);
}

Nanos Pool::HangAt(const Exchange& exchange, Nanos now) const {
  Nanos timeout = hang_timeout_.load(std::memory_order_relaxed);
  if (timeout > 0) return now + timeout;
  return std::min(exchange.deadline, kNever - kHangGrace) + kHangGrace;
}

void WorkBatch::Add(Worker& worker, Exchange& exchange) {
  if (worker_ != &worker) {
    Send();
    worker_ = &worker;
    work_.reset(Work::Make());
  }
  static_cast<Work&>(*work_).exchanges.Push(ExchangeHandle(&exchange));
}

void WorkBatch::Send() {
  if (worker_ == nullptr) return;
  worker_->enqueue(std::move(work_), nullptr);
  worker_ = nullptr;
}

}  // namespace troupe
