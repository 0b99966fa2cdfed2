#include "runtime/control.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/actors/proto_time.h"
#include "runtime/ask.h"
#include "runtime/config/text.h"
#include "runtime/reactor/cpus.h"
#include "runtime/version.h"

namespace troupe {
namespace {

using admin::v1::DrainStatus;
using admin::v1::ServerStatus;

constexpr size_t kDrainStepsKept = 64;

std::string HostName() {
  char name[256] = {};
  gethostname(name, sizeof(name) - 1);
  return name;
}

int64_t DescriptorsMax() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int64_t>(limit.rlim_cur);
}

// Both enums rise from debug to off; the message's has one for "unspecified" in front.
admin::v1::LogLevels::Level LevelToProto(telemetry::LogLevel level) {
  return static_cast<admin::v1::LogLevels::Level>(static_cast<int>(level) + 1);
}
telemetry::LogLevel LevelFromProto(admin::v1::LogLevels::Level level) {
  return static_cast<telemetry::LogLevel>(static_cast<int>(level) - 1);
}

admin::v1::LogLevels Describe(const telemetry::LogLevels& levels) {
  admin::v1::LogLevels described;
  described.set_level(LevelToProto(levels.all));
  for (const auto& [name, level] : levels.components) {
    (*described.mutable_components())[name] = LevelToProto(level);
  }
  return described;
}

using Entries = std::map<std::string, admin::v1::LedgerEntry>;

void Count(Entries& entries, const std::string& name, telemetry::Outcome outcome, uint64_t count) {
  (*entries[name].mutable_outcomes())[std::string(telemetry::OutcomeName(outcome))] +=
      static_cast<int64_t>(count);
}

template <class Field>
void Move(Entries&& entries, Field* out) {
  for (auto& [name, entry] : entries) {
    entry.set_name(name);
    *out->Add() = std::move(entry);
  }
}

// What has been counted by pool, route and cause: requests whose last byte is out, so it may be a
// few behind the whole.
void FillBreakdown(const telemetry::MetricsReading& reading, admin::v1::LedgerSnapshot& snapshot) {
  Entries pools;
  Entries routes;
  Entries causes;
  for (const telemetry::MetricsReading::Outcomes& each : reading.outcomes) {
    if (each.count == 0) continue;
    if (!each.pool.empty()) Count(pools, "pools/" + each.pool, each.outcome, each.count);
    Count(causes, std::string(each.reason), each.outcome, each.count);
  }
  for (const telemetry::MetricsReading::RouteOutcomes& each : reading.route_outcomes) {
    if (!each.route.empty()) Count(routes, each.route, each.outcome, each.count);
  }
  Move(std::move(pools), snapshot.mutable_by_pool());
  Move(std::move(routes), snapshot.mutable_by_route());
  Move(std::move(causes), snapshot.mutable_by_cause());
}

void DescribeMemory(const MemoryStatus& memory, ServerStatus& status) {
  if (memory.limit == 0) return;
  admin::v1::MemoryStatus& shown = *status.mutable_memory();
  // In the same order, behind the one for "unspecified".
  shown.set_level(static_cast<admin::v1::MemoryStatus::Level>(static_cast<int>(memory.level) + 1));
  shown.set_used_bytes(static_cast<int64_t>(memory.used));
  shown.set_limit_bytes(static_cast<int64_t>(memory.limit));
}

}  // namespace

Control::Control(ControlParts parts) : parts_(std::move(parts)) {
  drain_steps_.emplace_back().set_step(DrainStatus::NONE);
  drain_steps_count_ = 1;
}

std::vector<Reactor*> Control::reactors() const {
  std::vector<Reactor*> reactors;
  for (Front* front : parts_.fronts) reactors.push_back(&front->reactor());
  return reactors;
}

ServerStatus::Phase Control::phase() const {
  switch (DescribeDrain().step()) {
    case DrainStatus::NONE:
      return ServerStatus::SERVING;
    case DrainStatus::DONE:
      return ServerStatus::DRAINED;
    default:
      return ServerStatus::DRAINING;
  }
}

ServerStatus Control::Status() const {
  ServerStatus status;
  status.set_version(kVersion);
  status.set_build(absl::StrCat("C++ ", __VERSION__));
  status.set_pid(getpid());
  status.set_host(HostName());
  *status.mutable_start_time() = ToProto(start_time_);
  *status.mutable_uptime() = ToProto(absl::ToInt64Nanoseconds(absl::Now() - start_time_));
  status.set_phase(phase());
  DescribeReactors(status);
  const bool open = DescribeDrain().step() <= DrainStatus::DELAY;
  for (const std::string& address : parts_.addresses) {
    admin::v1::ListenerStatus& listener = *status.add_listeners();
    listener.set_address(address);
    listener.set_purpose("http");
    listener.set_open(open);
  }
  {
    const std::lock_guard lock(mutex_);
    for (const auto& listener : other_listeners_) *status.add_listeners() = listener;
  }
  status.set_connections(parts_.budget.open.load(std::memory_order_relaxed));
  status.set_connections_max(parts_.budget.max.load(std::memory_order_relaxed));
  status.set_in_flight(static_cast<int64_t>(parts_.ledger.Snapshot().in_flight));
  for (const admin::v1::Pool& pool : Pools()) {
    if (pool.state() == admin::v1::Pool::RUNNING) continue;
    (*status.mutable_pools_not_running())[pool.name()] = admin::v1::Pool::State_Name(pool.state());
  }
  status.set_descriptors_max(DescriptorsMax());
  status.set_processors(AvailableCpus());
  DescribeMemory(parts_.memory.status(), status);
  status.set_log_lines_dropped(static_cast<int64_t>(telemetry::LogLinesDropped()));
  return status;
}

void Control::AddListener(admin::v1::ListenerStatus listener) {
  const std::lock_guard lock(mutex_);
  other_listeners_.push_back(std::move(listener));
}

void Control::DescribeReactors(ServerStatus& status) const {
  const Nanos asked = Clock::System().Steady();
  Answers<admin::v1::ReactorStatus> answers = AskAll<admin::v1::ReactorStatus>(
      reactors(), kPatience, [fronts = parts_.fronts, asked](size_t i) {
        Front& front = *fronts[i];
        admin::v1::ReactorStatus answer;
        answer.set_responsive(true);
        answer.set_connections(static_cast<int64_t>(front.connections()));
        answer.set_in_flight(static_cast<int64_t>(front.reactor().exchanges().undecided().size()));
        *answer.mutable_latency() = ToProto(Clock::System().Steady() - asked);
        answer.set_revision(static_cast<int64_t>(front.snapshot().revision));
        return answer;
      });
  for (size_t i = 0; i < answers.size(); ++i) {
    admin::v1::ReactorStatus& reactor = *status.add_reactors();
    if (answers[i]) {
      reactor = *std::move(answers[i]);
      status.set_revision(std::max(status.revision(), reactor.revision()));
    } else {
      status.add_unresponsive(absl::StrCat("reactor-", i));
    }
    reactor.set_index(static_cast<int32_t>(i));
  }
}

admin::v1::LedgerSnapshot Control::Ledger() const {
  const telemetry::LedgerRecord record = parts_.ledger.Snapshot();
  admin::v1::LedgerSnapshot snapshot;
  *snapshot.mutable_time() = ToProto(absl::Now());
  snapshot.set_accepted(static_cast<int64_t>(record.accepted));
  snapshot.set_in_flight(static_cast<int64_t>(record.in_flight));
  for (size_t i = 0; i < telemetry::kOutcomeCount; ++i) {
    (*snapshot.mutable_outcomes())[std::string(telemetry::kOutcomeNames[i])] =
        static_cast<int64_t>(record.outcomes[i]);
  }
  snapshot.set_balanced(telemetry::Balanced(record));
  FillBreakdown(parts_.metrics.Read(), snapshot);
  return snapshot;
}

admin::v1::StatsSnapshot Control::Stats() const {
  ServerStatus status;
  DescribeReactors(status);
  admin::v1::StatsSnapshot stats;
  *stats.mutable_time() = ToProto(absl::Now());
  stats.set_phase(phase());
  *stats.mutable_ledger() = Ledger();
  stats.set_connections(parts_.budget.open.load(std::memory_order_relaxed));
  stats.set_connections_max(parts_.budget.max.load(std::memory_order_relaxed));
  for (admin::v1::Pool& pool : Pools()) *stats.add_pools() = std::move(pool);
  *stats.mutable_reactors() = std::move(*status.mutable_reactors());
  stats.set_revision(status.revision());
  return stats;
}

void Control::TellDeed(std::string_view kind, std::string_view pool, std::string_view deed,
                       const std::string& reason) {
  parts_.events.Add(
      kind, pool,
      absl::StrCat("An operator has ", std::string(deed), reason.empty() ? "" : ": ", reason, "."),
      {{"reason", reason}});
}

absl::StatusOr<DrainStatus> Control::BeginDrain(const admin::v1::DrainRequest& request) {
  return Drain(request, /*exits=*/false);
}

absl::StatusOr<DrainStatus> Control::Shutdown(const admin::v1::ShutdownRequest& request) {
  admin::v1::DrainRequest drain;
  if (request.has_delay()) *drain.mutable_delay() = request.delay();
  if (request.has_timeout()) *drain.mutable_timeout() = request.timeout();
  drain.set_reason(request.reason());
  return Drain(drain, /*exits=*/true);
}

absl::StatusOr<DrainStatus> Control::Drain(const admin::v1::DrainRequest& request, bool exits) {
  const CurrentConfig::Pointer config = parts_.config.Get();
  const config::v1::Drain& settings = config->drain();
  const troupe::Drain::Timing timing{
      ToNanos(request.has_delay() ? request.delay() : settings.delay()), ToNanos(settings.read()),
      ToNanos(request.has_timeout() ? request.timeout() : settings.timeout())};
  absl::StatusOr<DrainStatus> status = OnDrain([timing, exits](troupe::Drain& drain) {
    if (drain.begun() && (drain.exits() || !exits)) {
      return absl::FailedPreconditionError(
          "The server drains already; watch it, or undo it first.");
    }
    drain.Begin(timing, exits);
    return absl::OkStatus();
  });
  if (status.ok()) {
    TellDeed("drain-asked", "", exits ? "asked the server to end" : "asked for a drain",
             request.reason());
  }
  return status;
}

absl::StatusOr<DrainStatus> Control::Undrain(const admin::v1::UndrainRequest& request) {
  absl::StatusOr<DrainStatus> status = OnDrain([](troupe::Drain& drain) { return drain.Undo(); });
  if (status.ok()) TellDeed("drain-undone", "", "undone the drain", request.reason());
  return status;
}

absl::StatusOr<DrainStatus> Control::OnDrain(
    const std::function<absl::Status(troupe::Drain&)>& action) {
  std::optional<absl::Status> status = Ask<absl::Status>(
      parts_.control, kPatience, [&drain = parts_.drain, action] { return action(drain); });
  if (!status) return ControlIsLate();
  if (!status->ok()) return *status;
  return DescribeDrain();
}

void Control::TellSignal(int signal) {
  if (on_signal_) on_signal_(signal);
}

void Control::OnDrainStep(const DrainStatus& status) {
  const std::lock_guard lock(mutex_);
  drain_steps_.push_back(status);
  ++drain_steps_count_;
  if (drain_steps_.size() > kDrainStepsKept) drain_steps_.pop_front();
}

int64_t Control::drain_steps() const {
  const std::lock_guard lock(mutex_);
  return drain_steps_count_;
}

std::optional<DrainStatus> Control::NextDrainStep(int64_t& seen) const {
  std::optional<DrainStatus> step;
  {
    const std::lock_guard lock(mutex_);
    const int64_t forgotten = drain_steps_count_ - static_cast<int64_t>(drain_steps_.size());
    const int64_t index = std::max(seen, forgotten) - forgotten;
    if (index >= static_cast<int64_t>(drain_steps_.size())) return std::nullopt;
    step = drain_steps_[static_cast<size_t>(index)];
    seen = forgotten + index + 1;
  }
  return WithWork(*std::move(step));
}

absl::Status Control::ControlIsLate() {
  return absl::DeadlineExceededError(
      "The control reactor did not answer within one second; try again.");
}

DrainStatus Control::DescribeDrain() const {
  DrainStatus status;
  {
    const std::lock_guard lock(mutex_);
    status = drain_steps_.back();
  }
  return WithWork(std::move(status));
}

// With what is still going on.
DrainStatus Control::WithWork(DrainStatus status) const {
  status.set_connections(parts_.budget.open.load(std::memory_order_relaxed));
  status.set_in_flight(static_cast<int64_t>(parts_.ledger.Snapshot().in_flight));
  if (status.step() == DrainStatus::DELAY) {
    status.set_waits_for("load balancers to take notice");
  } else if (status.step() != DrainStatus::NONE && status.step() != DrainStatus::DONE) {
    status.set_waits_for(absl::StrCat(config::Count(status.in_flight(), "request"), " in flight, ",
                                      config::Count(status.connections(), "open connection")));
  }
  return status;
}

absl::StatusOr<admin::v1::ReopenLogsResponse> Control::ReopenLogs() {
  admin::v1::ReopenLogsResponse response;
  if (parts_.access_log == nullptr) return response;
  if (absl::Status status = parts_.access_log->Reopen(); !status.ok()) return status;
  response.add_files(parts_.config.Get()->access_log().file());
  return response;
}

admin::v1::LogLevels Control::LogLevels() const { return Describe(telemetry::GetLogLevels()); }

absl::StatusOr<admin::v1::LogLevels> Control::SetLogLevel(
    const admin::v1::SetLogLevelRequest& request) {
  if (request.component().empty() && request.level() == admin::v1::LogLevels::LEVEL_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        "level is missing; it is DEBUG, INFO, WARNING, ERROR or OFF.");
  }
  if (request.has_revert_after() && ToNanos(request.revert_after()) <= 0) {
    return absl::InvalidArgumentError("revert_after must be longer than 0.");
  }
  auto levels = Ask<admin::v1::LogLevels>(parts_.control, kPatience,
                                          [this, request] { return SetLevelsOnControl(request); });
  if (!levels) return ControlIsLate();
  return *std::move(levels);
}

admin::v1::LogLevels Control::SetLevelsOnControl(const admin::v1::SetLogLevelRequest& request) {
  telemetry::LogLevels levels = telemetry::GetLogLevels();
  if (request.has_revert_after()) {
    // A level that is set for a time while another one is goes back to what was before both.
    if (!level_revert_.armed()) level_revert_.levels = levels;
    const Nanos after = ToNanos(request.revert_after());
    level_revert_.when = absl::Now() + absl::Nanoseconds(after);
    parts_.control.timers().Arm(level_revert_, parts_.control.now() + after);
  } else {
    level_revert_.Disarm();
  }
  if (request.component().empty()) {
    levels.all = LevelFromProto(request.level());
  } else if (request.level() == admin::v1::LogLevels::LEVEL_UNSPECIFIED) {
    levels.components.erase(request.component());
  } else {
    levels.components[request.component()] = LevelFromProto(request.level());
  }
  admin::v1::LogLevels answer = Describe(levels);
  if (level_revert_.armed()) *answer.mutable_revert_time() = ToProto(level_revert_.when);
  telemetry::SetLogLevels(std::move(levels));
  return answer;
}

void Control::LevelRevert::OnTimer() {
  telemetry::SetLogLevels(levels);
  telemetry::LogInfo("log", "the levels are back to what they were");
}

}  // namespace troupe
