#include "runtime/actors/compile.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/duration.pb.h"

namespace troupe {
namespace {

namespace v1 = config::v1;

Placement PlacementOf(const v1::Pool& pool) {
  switch (pool.placement()) {
    case v1::Pool::SHARED:
      return Placement::kShared;
    case v1::Pool::DEDICATED:
      return Placement::kDedicated;
    default:
      return Placement::kReactor;
  }
}

uint32_t WorkersOf(const v1::Pool& pool, Placement placement, uint32_t reactors, uint32_t cpus) {
  uint32_t asked = pool.workers().count();
  switch (placement) {
    // Every reactor has the same number, at least one.
    case Placement::kReactor:
      return std::max((asked + reactors - 1) / reactors, 1u) * reactors;
    case Placement::kShared:
      return asked > 0 ? asked : cpus;
    case Placement::kDedicated:
      return asked > 0 ? asked : 4 * cpus;
  }
  return asked;
}

PoolSpec SpecOf(const v1::Pool& pool, int reactors, int cpus) {
  PoolSpec spec;
  spec.name = pool.name();
  spec.service = pool.service();
  for (const auto& [name, value] : pool.options()) spec.options.emplace(name, value);
  spec.placement = PlacementOf(pool);
  spec.workers =
      WorkersOf(pool, spec.placement, static_cast<uint32_t>(reactors), static_cast<uint32_t>(cpus));
  spec.in_flight_max = pool.in_flight_max();
  spec.queue_max = pool.queue_max();
  spec.queue_timeout = ToNanos(pool.queue_timeout());
  spec.request_timeout = ToNanos(pool.request_timeout());
  spec.backoff_min = ToNanos(pool.restart().backoff_min());
  spec.backoff_max = ToNanos(pool.restart().backoff_max());
  return spec;
}

void TakeLimits(const v1::Config& config, Snapshot& snapshot) {
  const v1::Limits& limits = config.limits();
  snapshot.head_limits = {limits.request_line_bytes_max(), limits.field_bytes_max(),
                          limits.field_name_bytes_max(), limits.fields_bytes_max(),
                          limits.fields_max()};
  snapshot.chunked_limits.extension_bytes_max = limits.chunk_extension_bytes_max();
  snapshot.chunked_limits.extensions_bytes_max = limits.chunk_extensions_bytes_max();
  snapshot.chunked_limits.trailers_bytes_max = limits.trailers_bytes_max();
  snapshot.chunked_limits.trailers_max = limits.trailers_max();
  snapshot.body_bytes_max = limits.body_bytes_max();
  snapshot.pipeline_max = limits.pipeline_max();
  snapshot.read_buffer_bytes = config.reactors().read_buffer_bytes();
  snapshot.input_buffer_bytes_max = limits.input_buffer_bytes_max();
  snapshot.output_buffer_bytes_max = limits.output_buffer_bytes_max();
  const v1::Timeouts& timeouts = config.timeouts();
  snapshot.timeouts.head = ToNanos(timeouts.head());
  snapshot.timeouts.body_idle = ToNanos(timeouts.body_idle());
  snapshot.timeouts.body_rate_bytes_min = timeouts.body_rate_bytes_min();
  snapshot.timeouts.body_rate_grace = ToNanos(timeouts.body_rate_grace());
  snapshot.timeouts.keep_alive = ToNanos(timeouts.keep_alive());
  snapshot.timeouts.write_stall = ToNanos(timeouts.write_stall());
  snapshot.timeouts.linger = ToNanos(timeouts.linger());
  snapshot.timeouts.proxy_header = ToNanos(timeouts.proxy_header());
}

absl::Status TakeErrorPages(const v1::Config& config, Snapshot& snapshot) {
  for (const v1::ErrorPage& page : config.error_pages()) {
    std::string body = page.body();
    if (page.has_file()) {
      std::ifstream file(page.file(), std::ios::binary);
      std::stringstream text;
      text << file.rdbuf();
      if (!file) {
        return absl::InvalidArgumentError(absl::StrCat("error_pages: cannot read ", page.file(),
                                                       "; name a file that trouped may read"));
      }
      body = text.str();
    }
    for (uint32_t status : page.statuses()) {
      snapshot.error_pages[static_cast<int>(status)] = {body, page.content_type()};
    }
  }
  return absl::OkStatus();
}

CancelPolicy CancelOf(const v1::Route& route) {
  switch (route.cancel_on_disconnect()) {
    case v1::Route::ALWAYS:
      return CancelPolicy::kAlways;
    case v1::Route::NEVER:
      return CancelPolicy::kNever;
    default:
      return CancelPolicy::kSafeMethods;
  }
}

absl::StatusOr<CompiledRoute> CompileRoute(const v1::Config& config, const v1::Route& route,
                                           const Pools& pools) {
  CompiledRoute compiled;
  compiled.pattern = route.path();
  compiled.cancel = CancelOf(route);
  compiled.body_bytes_max =
      route.has_body_bytes_max() ? route.body_bytes_max() : config.limits().body_bytes_max();
  auto parse = [&](const std::string& text) {
    return config::PathTemplate::Parse(text, route.path());
  };
  if (route.has_redirect()) {
    absl::StatusOr<config::PathTemplate> location = parse(route.redirect().location());
    if (!location.ok()) return location.status();
    compiled.location = *std::move(location);
    compiled.redirect_status = static_cast<int>(route.redirect().status());
    return compiled;
  }
  if (route.has_rewrite()) {
    absl::StatusOr<config::PathTemplate> rewrite = parse(route.rewrite());
    if (!rewrite.ok()) return rewrite.status();
    compiled.rewrite = *std::move(rewrite);
  }
  auto pool = std::find_if(pools.begin(), pools.end(),
                           [&](const auto& each) { return each->spec().name == route.pool(); });
  if (pool == pools.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("routes: there is no pool named ", route.pool()));
  }
  compiled.pool = pool->get();
  compiled.request_timeout = route.has_request_timeout() ? ToNanos(route.request_timeout())
                                                         : (*pool)->spec().request_timeout;
  return compiled;
}

// Asks the pool's router once for what never changes.
void ResolveLiteral(CompiledRoute& route) {
  if (route.pool == nullptr || route.rewrite ||
      route.pattern.find_first_of("{*") != std::string::npos)
    return;
  route.literal_path = route.pattern;
  for (int i = 0; i < http::kMethodCount; ++i) {
    LiteralTarget& target = route.literal[static_cast<size_t>(i)];
    target.match = route.pool->router().Find("", static_cast<http::Method>(i), route.literal_path,
                                             &target.params);
  }
}

http::MethodSet MethodsOf(const v1::Route& route) {
  http::MethodSet methods;
  for (const std::string& name : route.methods()) {
    if (std::optional<http::Method> method = http::ParseMethod(name)) methods.Add(*method);
  }
  return methods;
}

}  // namespace

Nanos ToNanos(const google::protobuf::Duration& duration) {
  return duration.seconds() * kNanosPerSecond + duration.nanos();
}

absl::StatusOr<Pools> MakePools(const v1::Config& config, const std::vector<ServiceEntry>& services,
                                int reactors, int cpus) {
  Pools pools;
  for (const v1::Pool& pool : config.pools()) {
    auto entry = std::find_if(services.begin(), services.end(), [&](const ServiceEntry& each) {
      return each.name == pool.service();
    });
    if (entry == services.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("pool ", pool.name(), ": there is no service named ", pool.service()));
    }
    absl::StatusOr<std::unique_ptr<Pool>> made = Pool::Make(SpecOf(pool, reactors, cpus), *entry);
    if (!made.ok()) return made.status();
    pools.push_back(*std::move(made));
  }
  return pools;
}

absl::StatusOr<std::shared_ptr<Snapshot>> MakeSnapshot(const v1::Config& config,
                                                       const Pools& pools) {
  auto snapshot = std::make_shared<Snapshot>();
  TakeLimits(config, *snapshot);
  if (absl::Status status = TakeErrorPages(config, *snapshot); !status.ok()) return status;
  for (const std::string& text : config.trusted_proxies()) {
    absl::StatusOr<http::Cidr> cidr = http::Cidr::Parse(text);
    if (!cidr.ok()) return cidr.status();
    snapshot->trusted_proxies.push_back(*std::move(cidr));
  }
  std::vector<http::RouteSpec> specs;
  for (const v1::Route& route : config.routes()) {
    absl::StatusOr<CompiledRoute> compiled = CompileRoute(config, route, pools);
    if (!compiled.ok()) return compiled.status();
    specs.push_back({route.host(), MethodsOf(route), route.path(),
                     static_cast<uint32_t>(snapshot->routes.size())});
    snapshot->routes.push_back(*std::move(compiled));
  }
  // Only now, for the views into literal_path must not move any more.
  for (CompiledRoute& route : snapshot->routes) ResolveLiteral(route);
  absl::StatusOr<http::Router> router = http::Router::Build(specs);
  if (!router.ok()) return router.status();
  snapshot->router = *std::move(router);
  return snapshot;
}

}  // namespace troupe
