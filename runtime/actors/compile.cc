#include "runtime/actors/compile.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/duration.pb.h"
#include "runtime/config/secrets.h"

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

// Every reactor has the same number of workers, at least one.
uint32_t OnEachReactor(uint32_t asked, uint32_t reactors) {
  return std::max((asked + reactors - 1) / reactors, 1u) * reactors;
}

void TakeWorkers(const v1::Workers& workers, Placement placement, int reactors, int cpus,
                 PoolPolicy& policy) {
  auto processors = static_cast<uint32_t>(cpus);
  switch (placement) {
    case Placement::kReactor:
      policy.workers_min = OnEachReactor(workers.min(), static_cast<uint32_t>(reactors));
      policy.workers_max = policy.workers_min;
      return;
    case Placement::kShared:
      policy.workers_min = workers.min() > 0 ? workers.min() : processors;
      policy.workers_max = workers.max() > 0 ? workers.max() : policy.workers_min;
      break;
    case Placement::kDedicated:
      policy.workers_min = workers.min() > 0 ? workers.min() : 1;
      policy.workers_max =
          workers.max() > 0 ? workers.max() : std::max(4 * processors, policy.workers_min);
      break;
  }
  policy.workers_max = std::max(policy.workers_max, policy.workers_min);
}

// 5 s, and for DEDICATED workers, which may block until then, the request's deadline.
Nanos HangTimeoutOf(const v1::Pool& pool, Placement placement) {
  constexpr Nanos kHangTimeout = 5 * kNanosPerSecond;
  Nanos asked = ToNanos(pool.hang_timeout());
  if (asked > 0 || placement == Placement::kDedicated) return asked;
  return kHangTimeout;
}

AdmissionSpec AdmissionOf(const v1::Pool& pool) {
  const v1::Admission& settings = pool.admission();
  AdmissionSpec admission;
  admission.order.lifo_under_overload = settings.order() == v1::Admission::LIFO_UNDER_OVERLOAD;
  admission.order.overload_wait = ToNanos(pool.scaling().target_wait());
  admission.order.fair = settings.fair();
  admission.skip_hopeless = settings.skip_hopeless();
  if (settings.adaptive()) {
    admission.adaptive.emplace();
    admission.adaptive->floor = static_cast<int>(settings.adaptive_min());
    admission.adaptive->ceiling = static_cast<int>(settings.adaptive_max());
    admission.adaptive->initial = std::clamp(admission.adaptive->initial, admission.adaptive->floor,
                                             admission.adaptive->ceiling);
  }
  return admission;
}

policy::QuarantinePolicy QuarantineOf(const v1::Quarantine& settings) {
  policy::QuarantinePolicy quarantine;
  switch (settings.mode()) {
    case v1::Quarantine::OFF:
      quarantine.mode = policy::QuarantineMode::kOff;
      break;
    case v1::Quarantine::ENFORCE:
      quarantine.mode = policy::QuarantineMode::kEnforce;
      break;
    default:
      quarantine.mode = policy::QuarantineMode::kObserve;
      break;
  }
  quarantine.kills_max = static_cast<int>(settings.kills_max());
  quarantine.expiry = ToNanos(settings.expiry());
  return quarantine;
}

PoolSpec SpecOf(const v1::Pool& pool, int reactors, int cpus) {
  PoolSpec spec;
  spec.name = pool.name();
  spec.service = pool.service();
  for (const auto& [name, value] : pool.options()) spec.options.emplace(name, value);
  spec.placement = PlacementOf(pool);
  spec.admission = AdmissionOf(pool);
  spec.quarantine = QuarantineOf(pool.quarantine());
  spec.policy = MakePoolPolicy(pool, reactors, cpus);
  spec.critical = pool.critical();
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

Priority PriorityOf(const v1::Route& route) {
  switch (route.priority()) {
    case v1::Route::CRITICAL:
      return Priority::kCritical;
    case v1::Route::LOW:
      return Priority::kLow;
    default:
      return Priority::kNormal;
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
  const v1::Pool& settings =
      *std::find_if(config.pools().begin(), config.pools().end(),
                    [&](const v1::Pool& each) { return each.name() == route.pool(); });
  compiled.request_timeout =
      ToNanos(route.has_request_timeout() ? route.request_timeout() : settings.request_timeout());
  compiled.queue_timeout = ToNanos(settings.queue_timeout());
  compiled.priority = PriorityOf(route);
  compiled.in_flight_max = route.in_flight_max();
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

PoolPolicy MakePoolPolicy(const v1::Pool& pool, int reactors, int cpus) {
  PoolPolicy policy;
  TakeWorkers(pool.workers(), PlacementOf(pool), reactors, cpus, policy);
  policy.in_flight_max = pool.in_flight_max();
  policy.queue_max = pool.queue_max();
  policy.hang_timeout = HangTimeoutOf(pool, PlacementOf(pool));
  policy.abandoned_max = pool.abandoned_max();
  policy.worker_drain_timeout = ToNanos(pool.worker_drain_timeout());
  const v1::Restart& restart = pool.restart();
  policy.restart_on_throw = restart.on_throw() == v1::Restart::RESTART_WORKER;
  policy.restart.backoff_min = ToNanos(restart.backoff_min());
  policy.restart.backoff_max = ToNanos(restart.backoff_max());
  policy.restart.restarts_max = static_cast<int>(restart.restarts_max());
  policy.restart.window = ToNanos(restart.window());
  policy.recycle.requests_max = pool.recycle().requests_max();
  policy.recycle.age_max = ToNanos(pool.recycle().age_max());
  policy.recycle_process_bytes = pool.recycle().process_bytes_max();
  const v1::Scaling& scaling = pool.scaling();
  policy.scaling.target_wait = ToNanos(scaling.target_wait());
  policy.scaling.busy_high = scaling.busy_high_percent() / 100.0;
  policy.scaling.busy_low = scaling.busy_low_percent() / 100.0;
  policy.scaling.cooldown_up = ToNanos(scaling.cooldown_up());
  policy.scaling.cooldown_down = ToNanos(scaling.cooldown_down());
  return policy;
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
    const absl::StatusOr<v1::Pool> whole = config::WithSecrets(pool);
    if (!whole.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("pool ", pool.name(), ": ", whole.status().message()));
    }
    PoolSpec spec = SpecOf(*whole, reactors, cpus);
    spec.redact.assign(config.admin().redact().begin(), config.admin().redact().end());
    absl::StatusOr<std::unique_ptr<Pool>> made = Pool::Make(std::move(spec), *entry);
    if (!made.ok()) return made.status();
    pools.push_back(*std::move(made));
  }
  return pools;
}

absl::StatusOr<std::shared_ptr<Snapshot>> MakeSnapshot(const v1::Config& config, const Pools& pools,
                                                       telemetry::Metrics* metrics) {
  auto snapshot = std::make_shared<Snapshot>();
  TakeLimits(config, *snapshot);
  if (absl::Status status = TakeErrorPages(config, *snapshot); !status.ok()) return status;
  for (const std::string& text : config.trusted_proxies()) {
    absl::StatusOr<http::Cidr> cidr = http::Cidr::Parse(text);
    if (!cidr.ok()) return cidr.status();
    snapshot->trusted_proxies.push_back(*std::move(cidr));
  }
  snapshot->priority_field = config.priority_field();
  snapshot->deadline_field = config.deadline_field();
  snapshot->heeds_proxies = !snapshot->priority_field.empty() || !snapshot->deadline_field.empty();
  for (const v1::Listener& listener : config.http()) {
    snapshot->listeners.push_back({listener.keep_alive(), listener.requests_per_connection_max(),
                                   listener.proxy_protocol() == v1::Listener::REQUIRED});
  }
  std::vector<http::RouteSpec> specs;
  for (const v1::Route& route : config.routes()) {
    absl::StatusOr<CompiledRoute> compiled = CompileRoute(config, route, pools);
    if (!compiled.ok()) return compiled.status();
    if (metrics != nullptr) compiled->metrics = &metrics->Route(compiled->pattern, route.pool());
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
