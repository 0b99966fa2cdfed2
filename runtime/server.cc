#include "runtime/server.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <future>
#include <optional>
#include <system_error>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/actors/census.h"
#include "runtime/actors/compile.h"
#include "runtime/actors/drain.h"
#include "runtime/actors/listen_socket.h"
#include "runtime/actors/listener.h"
#include "runtime/actors/root_supervisor.h"
#include "runtime/actors/stall_relief.h"
#include "runtime/connections_max.h"
#include "runtime/memory_governor.h"
#include "runtime/reactor/actor_system.h"
#include "runtime/reactor/cpus.h"
#include "runtime/reactor/reactor_watch.h"
#include "runtime/reactor/signals.h"
#include "runtime/telemetry/access_log.h"
#include "runtime/telemetry/log.h"

namespace troupe {
namespace {

namespace v1 = config::v1;

constexpr Nanos kStartPatience = 5 * kNanosPerSecond;
constexpr Nanos kStopPatience = 5 * kNanosPerSecond;

absl::Status CheckAffinity(const v1::Config& config) {
  std::vector<int> allowed = AllowedCpus();
  for (uint32_t cpu : config.reactors().cpu_affinity()) {
    if (std::find(allowed.begin(), allowed.end(), static_cast<int>(cpu)) != allowed.end()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "reactors.cpu_affinity names processor ", cpu,
        ", which this process may not use; allowed are ", absl::StrJoin(allowed, ", ")));
  }
  return absl::OkStatus();
}

Reactor::Options ReactorOptions(const v1::Config& config, int index) {
  const v1::Reactors& settings = config.reactors();
  Reactor::Options options;
  options.index = index;
  options.turn_resumes_max = static_cast<int>(settings.turn_resumes_max());
  options.buffers_kept_bytes = settings.free_buffer_bytes_max();
  if (int count = settings.cpu_affinity_size(); count > 0) {
    options.cpus = {static_cast<int>(settings.cpu_affinity(index % count))};
  }
  return options;
}

absl::StatusOr<std::unique_ptr<telemetry::AccessLog>> OpenAccessLog(const v1::AccessLog& settings,
                                                                    int reactors) {
  if (settings.format() == v1::AccessLog::OFF) return nullptr;
  telemetry::AccessLogOptions options;
  options.path = settings.file();
  options.format = settings.format() == v1::AccessLog::JSON ? telemetry::LineFormat::kJson
                                                            : telemetry::LineFormat::kText;
  options.ring_bytes = settings.ring_bytes();
  return telemetry::AccessLog::Open(options, static_cast<size_t>(reactors));
}

void AddSteps(std::string_view direction, const ScalingSteps& steps, PoolStats& stats) {
  for (size_t i = 0; i < steps.size(); ++i) {
    const uint64_t count = steps[i].value();
    if (count > 0) stats.scaling.push_back({direction, policy::kScalingReasonNames[i], count});
  }
}

PoolStats StatsOf(const Pool& pool) {
  const PoolLoad load = pool.Load();
  PoolStats stats;
  stats.name = pool.spec().name;
  stats.workers_running = pool.workers_running();
  stats.workers_max = pool.workers_max();
  stats.workers_made = pool.workers_made();
  stats.workers_died = pool.workers_died();
  stats.workers_replaced = pool.supervision().workers_replaced.value();
  stats.capacity = static_cast<uint64_t>(std::max(stats.workers_running, 0)) * pool.in_flight_max();
  stats.in_flight = load.in_flight;
  stats.waiting = load.waiting;
  AddSteps("up", pool.supervision().steps_up, stats);
  AddSteps("down", pool.supervision().steps_down, stats);
  return stats;
}

}  // namespace

// In the order of construction; destroyed in its reverse.
struct Server::Parts {
  Parts(const v1::Config& config, std::vector<ServiceEntry> entries, uint64_t revision)
      : config(config), current_config(config, revision), services(std::move(entries)) {}

  absl::Status Build();
  absl::Status Bind();
  void StartReactors();
  void StartWorkers();
  void OpenListeners();
  void OnSignal(int signal);
  void BeginDrain();
  absl::Status ReopenListeners();
  void MakeRoot();
  void MakeControl(std::function<MemoryReading()> memory_source);
  bool AllWorkersRun() const;
  HealthState Health() const;
  ServerStats Stats() const;
  void Stop();
  void StopWorkers(Nanos until);
  bool StopReactors(Nanos until);

  const v1::Config config;  // of the start
  CurrentConfig current_config;
  const std::vector<ServiceEntry> services;
  const telemetry::Redaction redact{
      {config.admin().redact().begin(), config.admin().redact().end()}};
  ActorSystem system;
  std::unique_ptr<telemetry::AccessLog> access_log;
  std::unique_ptr<telemetry::Ledger> ledger;
  std::unique_ptr<telemetry::Metrics> metrics;
  Pools pools;
  std::shared_ptr<const Snapshot> snapshot;
  ConnectionBudget budget;
  std::unique_ptr<Reactor> control;
  std::vector<std::unique_ptr<Reactor>> reactors;
  std::vector<std::unique_ptr<Front>> fronts;
  std::optional<Census> census;
  ActorRef<RootSupervisor> root;
  struct Loop {
    std::future<void> ended;
    std::thread thread;
  };
  std::vector<Loop> loops;
  std::vector<std::unique_ptr<ReactorWatch>> watches;
  std::unique_ptr<StallRelief> relief;
  std::vector<BoundListener> bound;
  std::vector<std::string> addresses;
  telemetry::EventLog events;
  std::unique_ptr<Drain> drain;
  std::unique_ptr<MemoryGovernor> memory;
  std::unique_ptr<Control> operators_control;
  std::unique_ptr<Signals> signals;
  std::atomic<HealthState::Phase> phase{HealthState::Phase::kStarting};
};

absl::Status Server::Parts::Build() {
  if (absl::Status status = CheckAffinity(config); !status.ok()) return status;
  absl::StatusOr<int64_t> connections = ConnectionsMax(config);
  if (!connections.ok()) return connections.status();
  budget.max = *connections;
  int cpus = AvailableCpus();
  int count = config.reactors().count() > 0 ? static_cast<int>(config.reactors().count()) : cpus;
  absl::StatusOr<Pools> made = MakePools(config, services, count, cpus);
  if (!made.ok()) return made.status();
  pools = *std::move(made);
  metrics = std::make_unique<telemetry::Metrics>(static_cast<size_t>(count));
  absl::StatusOr<std::shared_ptr<Snapshot>> compiled = MakeSnapshot(config, pools, metrics.get());
  if (!compiled.ok()) return compiled.status();
  (*compiled)->revision = current_config.revision();
  snapshot = *std::move(compiled);
  auto log = OpenAccessLog(config.access_log(), count);
  if (!log.ok()) return log.status();
  access_log = *std::move(log);
  ledger = std::make_unique<telemetry::Ledger>(static_cast<size_t>(count));
  Reactor::Options control_options;
  control_options.index = count;
  control = std::make_unique<Reactor>(system.get(), control_options, nullptr);
  for (int i = 0; i < count; ++i) {
    reactors.push_back(std::make_unique<Reactor>(system.get(), ReactorOptions(config, i),
                                                 &ledger->cell(static_cast<size_t>(i))));
    fronts.push_back(std::make_unique<Front>(
        *reactors.back(), snapshot, budget,
        access_log ? &access_log->ring(static_cast<size_t>(i)) : nullptr, metrics.get(), &redact));
  }
  return absl::OkStatus();
}

absl::Status Server::Parts::Bind() {
  for (int i = 0; i < config.http_size(); ++i) {
    absl::StatusOr<BoundListener> result =
        BindListener(config.http(i), static_cast<int>(reactors.size()));
    if (!result.ok()) {
      return absl::Status(
          result.status().code(),
          absl::StrCat("http[", i, "].address (--http): ", result.status().message()));
    }
    bound.push_back(*std::move(result));
    addresses.push_back(bound.back().address);
  }
  return absl::OkStatus();
}

void Server::Parts::StartReactors() {
  relief = std::make_unique<StallRelief>(*control);
  for (auto& reactor : reactors) {
    std::promise<void> ended;
    loops.push_back({ended.get_future(), {}});
    loops.back().thread = std::thread([&reactor = *reactor, ended = std::move(ended)]() mutable {
      reactor.Run();
      ended.set_value();
    });
    pthread_setname_np(loops.back().thread.native_handle(),
                       absl::StrCat("reactor-", reactor->index()).c_str());
    watches.push_back(std::make_unique<ReactorWatch>(*control, *reactor));
    watches.back()->Start();
    relief->Add(*fronts[static_cast<size_t>(reactor->index())], *watches.back());
  }
}

void Server::Parts::MakeRoot() {
  std::vector<Reactor*> all;
  for (auto& reactor : reactors) all.push_back(reactor.get());
  for (auto& pool : pools) pool->Attach(all);
  root = LeanActor::Spawn<RootSupervisor>(*control, *control, pools, std::move(all), &events);
}

void Server::Parts::StartWorkers() {
  root->Start();
  // The first requests should find workers. One whose service does not start is tried again while
  // we serve.
  Nanos until = Clock::System().Steady() + kStartPatience;
  while (!AllWorkersRun() && Clock::System().Steady() < until) control->Step(kNanosPerMilli);
}

bool Server::Parts::AllWorkersRun() const {
  return std::all_of(pools.begin(), pools.end(), [](const auto& pool) {
    return pool->workers_running() >= static_cast<int>(pool->spec().policy.workers_min) ||
           pool->workers_died() > 0;
  });
}

void Server::Parts::OpenListeners() {
  for (size_t i = 0; i < bound.size(); ++i) {
    for (size_t r = 0; r < reactors.size(); ++r) {
      Listener::Options options{bound[i].address, i, config.reactors().accepts_per_turn_max()};
      relief->AddSocket(*fronts[r], options, bound[i].fds[r]);
      fronts[r]->reactor().Post([front = fronts[r].get(), options, fd = bound[i].fds[r]] {
        LeanActor::Spawn<Listener>(front->reactor(), *front, options, fd)->Open();
      });
    }
    bound[i].fds.clear();  // the listeners' now
  }
  relief->Start();
  memory->Start();
  phase = HealthState::Phase::kServing;
}

void Server::Parts::OnSignal(int signal) {
  if (signal == SIGUSR1) {
    absl::Status status = access_log != nullptr ? access_log->Reopen() : absl::OkStatus();
    if (!status.ok()) telemetry::LogError("access log", std::string(status.message()));
    operators_control->TellSignal(signal);
    return;
  }
  if (signal == SIGHUP) {
    operators_control->Reload();
    return;
  }
  if (drain->exits()) {
    telemetry::LogWarning("server", "ends at once, at the second signal");
    telemetry::ShutdownLog(absl::Milliseconds(200));
    _exit(128 + signal);
  }
  BeginDrain();
  operators_control->TellSignal(signal);
}

void Server::Parts::BeginDrain() {
  const CurrentConfig::Pointer now = current_config.Get();
  const v1::Drain& settings = now->drain();
  drain->Begin({ToNanos(settings.delay()), ToNanos(settings.read()), ToNanos(settings.timeout())},
               /*exits=*/true);
}

// After a drain that was undone: on the addresses that were served before.
absl::Status Server::Parts::ReopenListeners() {
  bound.clear();  // a Unix socket's file goes before it is made again
  for (size_t i = 0; i < addresses.size(); ++i) {
    v1::Listener listener = config.http(static_cast<int>(i));
    listener.set_address(addresses[i]);
    absl::StatusOr<BoundListener> result =
        BindListener(listener, static_cast<int>(reactors.size()));
    if (!result.ok()) return result.status();
    bound.push_back(*std::move(result));
  }
  OpenListeners();
  return absl::OkStatus();
}

void Server::Parts::MakeControl(std::function<MemoryReading()> memory_source) {
  std::vector<Front*> all;
  for (auto& front : fronts) all.push_back(front.get());
  census.emplace(all);
  Drain::Hooks hooks;
  hooks.exit = [this] { control->Stop(); };
  hooks.before_listeners_close = [this] { relief->Stop(); };
  hooks.open_listeners = [this] { return ReopenListeners(); };
  hooks.on_step = [this](const admin::v1::DrainStatus& status) {
    const std::string& step = admin::v1::DrainStatus::Step_Name(status.step());
    phase = status.step() == admin::v1::DrainStatus::NONE ? HealthState::Phase::kServing
                                                          : HealthState::Phase::kDraining;
    operators_control->OnDrainStep(status);
    events.Add("drain-step", "", absl::StrCat("The drain is at ", step, "."), {{"step", step}});
  };
  drain = std::make_unique<Drain>(*control, all, budget, std::move(hooks));
  memory = std::make_unique<MemoryGovernor>(*control, all, current_config, events,
                                            std::move(memory_source));
  operators_control = std::make_unique<Control>(
      ControlParts{current_config, addresses, *control, all, pools, *root, budget, *ledger,
                   *metrics, access_log.get(), events, *drain, *memory, redact});
}

HealthState Server::Parts::Health() const {
  HealthState state;
  state.phase = phase;
  Nanos stall_fatal = ToNanos(config.reactors().stall_fatal());
  Nanos now = Clock::System().Steady();
  for (const auto& watch : watches) {
    Nanos lag = watch->Lag(now);
    if (stall_fatal == 0 || lag < stall_fatal) continue;
    state.fatal.push_back(absl::StrCat("reactor ", watch->watched().index(), " is blocked for ",
                                       lag / kNanosPerSecond, " s"));
  }
  for (const auto& pool : pools) {
    if (pool->spec().critical && pool->failed())
      state.failed_critical_pools.push_back(pool->spec().name);
  }
  return state;
}

ServerStats Server::Parts::Stats() const {
  ServerStats stats;
  stats.ledger = ledger->Snapshot();
  stats.metrics = metrics->Read();
  for (const auto& pool : pools) stats.pools.push_back(StatsOf(*pool));
  Nanos now = Clock::System().Steady();
  for (const auto& watch : watches)
    stats.reactor_lags.push_back(absl::Nanoseconds(watch->Lag(now)));
  stats.actors = LeanActor::count();
  stats.connections = budget.open;
  stats.connections_max = budget.max;
  stats.connection_phases = census->Read();
  stats.revision = current_config.revision();
  stats.memory = memory->status();
  if (access_log != nullptr) stats.access_log_lines_dropped = access_log->lines_dropped();
  return stats;
}

// The reverse of the start, within one time for all of it. What does not end by then is left
// behind, and the process ends without it.
void Server::Parts::Stop() {
  Nanos until = Clock::System().Steady() + kStopPatience;
  if (relief) relief->Stop();
  memory->Stop();
  for (auto& front : fronts) {
    if (loops.empty()) break;
    front->reactor().Post([front = front.get()] {
      front->CloseListeners();
      front->KillAll();
    });
  }
  StopWorkers(until);
  bool ended = StopReactors(until);
  ended = root->StopExecutors(std::max<Nanos>(0, until - Clock::System().Steady())) && ended;
  root->End();
  bound.clear();
  if (!ended) {
    telemetry::LogError("server", "a handler hangs and cannot be waited for");
    access_log.reset();
    telemetry::ShutdownLog();
    _exit(EXIT_SUCCESS);
  }
  // What still waits in queues comes home before the reactors end.
  for (auto& pool : pools) pool->Empty();
  for (auto& reactor : reactors) reactor->Settle();
}

void Server::Parts::StopWorkers(Nanos until) {
  root->Stop();
  while (!root->stopped() && Clock::System().Steady() < until) control->Step(kNanosPerMilli);
}

bool Server::Parts::StopReactors(Nanos until) {
  for (auto& watch : watches) watch->Stop();
  for (auto& reactor : reactors) reactor->Stop();
  bool all = true;
  for (Loop& loop : loops) {
    auto left = std::chrono::nanoseconds(std::max<Nanos>(0, until - Clock::System().Steady()));
    bool ended = loop.ended.wait_for(left) == std::future_status::ready;
    if (loop.thread.joinable()) ended ? loop.thread.join() : loop.thread.detach();
    all = all && ended;
  }
  loops.clear();
  return all;
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { parts_->Stop(); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const v1::Config& config,
                                                      std::vector<ServiceEntry> services,
                                                      int64_t revision,
                                                      std::function<MemoryReading()> memory) {
  Signals::Block();
  auto parts =
      std::make_unique<Parts>(config, std::move(services), static_cast<uint64_t>(revision));
  if (absl::Status status = parts->Build(); !status.ok()) return status;
  if (absl::Status status = parts->Bind(); !status.ok()) return status;
  parts->MakeRoot();
  parts->MakeControl(std::move(memory));
  parts->signals = std::make_unique<Signals>(
      *parts->control, [parts = parts.get()](int signal) { parts->OnSignal(signal); });
  std::unique_ptr<Server> server(
      new Server(std::move(parts)));  // which stops what has been started
  try {
    server->parts_->StartReactors();
    server->parts_->StartWorkers();
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot start a thread (", error.what(),
                     "); raise `ulimit -u` or TasksMax, or lower reactors.count and workers.min"));
  }
  // A signal may have come meanwhile: then there is nothing to open any more.
  if (!server->parts_->drain->begun()) server->parts_->OpenListeners();
  return server;
}

void Server::Run() { parts_->control->Run(); }

void Server::BeginDrain() {
  parts_->control->Post([this] { parts_->BeginDrain(); });
}

const std::vector<std::string>& Server::addresses() const { return parts_->addresses; }
int Server::reactors() const { return static_cast<int>(parts_->reactors.size()); }
int64_t Server::connections_max() const { return parts_->budget.max; }
Control& Server::control() { return *parts_->operators_control; }
int64_t Server::connections() const { return parts_->budget.open; }
telemetry::LedgerRecord Server::Ledger() const { return parts_->ledger->Snapshot(); }
HealthState Server::Health() const { return parts_->Health(); }
ServerStats Server::Stats() const { return parts_->Stats(); }
Census& Server::census() { return *parts_->census; }

}  // namespace troupe
