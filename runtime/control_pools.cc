// Pools, their workers and what has crashed, as Control sees them: asked of the supervisors on the
// control reactor.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "runtime/actors/proto_time.h"
#include "runtime/ask.h"
#include "runtime/config/revision_store.h"
#include "runtime/control.h"

namespace troupe {
namespace {

constexpr char kAllPools[] = "pools/-";
constexpr absl::string_view kPools = "pools/";

// Of what an operator can change (AIP-154).
std::string EtagOf(const admin::v1::Pool& pool) {
  return config::ContentHash(absl::StrCat(pool.workers_min(), " ", pool.workers_max(), " ",
                                          pool.in_flight_max(), " ", pool.queue_max(), " ",
                                          pool.queue_timeout().ShortDebugString(), " ",
                                          pool.request_timeout().ShortDebugString()));
}

std::string NameOf(const Pool& pool) { return absl::StrCat(kPools, pool.spec().name); }

// "pools/echo" and 7 of "pools/echo/workers/7".
struct WorkerName {
  std::string pool;
  uint64_t id = 0;
};

absl::StatusOr<WorkerName> ParseWorkerName(const std::string& name) {
  WorkerName parsed;
  size_t at = name.find("/workers/");
  if (at != std::string::npos && absl::StartsWith(name, kPools) &&
      absl::SimpleAtoi(name.substr(at + 9), &parsed.id)) {
    parsed.pool = name.substr(0, at);
    return parsed;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", name, "\" is no name of a worker; it looks like pools/echo/workers/7."));
}

}  // namespace

std::vector<admin::v1::Pool> Control::Pools() const {
  std::function<std::vector<admin::v1::Pool>()> describe = [this] {
    std::vector<admin::v1::Pool> pools;
    for (size_t i = 0; i < parts_.root.started(); ++i) {
      parts_.root.supervisor(i).Describe(pools.emplace_back());
    }
    return pools;
  };
  std::vector<admin::v1::Pool> pools =
      Ask(parts_.control, kPatience, std::move(describe)).value_or(std::vector<admin::v1::Pool>());
  const CurrentConfig::Pointer config = parts_.config.Get();
  for (admin::v1::Pool& pool : pools) {
    for (const config::v1::Pool& settings : config->pools()) {
      if (absl::StrCat(kPools, settings.name()) != pool.name()) continue;
      *pool.mutable_queue_timeout() = settings.queue_timeout();
      *pool.mutable_request_timeout() = settings.request_timeout();
    }
    pool.set_etag(EtagOf(pool));
  }
  std::sort(pools.begin(), pools.end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  return pools;
}

absl::StatusOr<admin::v1::Pool> Control::GetPool(const std::string& name) const {
  if (absl::StatusOr<size_t> known = NumberOf(name); !known.ok()) return known.status();
  for (admin::v1::Pool& pool : Pools()) {
    if (pool.name() == name) return std::move(pool);
  }
  return ControlIsLate();
}

absl::StatusOr<size_t> Control::NumberOf(const std::string& pool) const {
  std::vector<std::string> names;
  for (const auto& each : parts_.pools) {
    names.push_back(NameOf(*each));
    if (names.back() == pool) return names.size() - 1;
  }
  return absl::NotFoundError(
      absl::StrCat("There is no ", pool, "; there are ", absl::StrJoin(names, ", "), "."));
}

absl::Status Control::OnSupervisor(const std::string& pool,
                                   std::function<absl::Status(PoolSupervisor&)> action) const {
  absl::StatusOr<size_t> number = NumberOf(pool);
  if (!number.ok()) return number.status();
  std::function<absl::Status()> question = [&root = parts_.root, number = *number,
                                            action = std::move(action)] {
    return action(root.supervisor(number));
  };
  return Ask(parts_.control, kPatience, std::move(question)).value_or(ControlIsLate());
}

absl::Status Control::SuspendPool(const std::string& name, const std::string& reason) {
  return OnSupervisor(name, [reason](PoolSupervisor& supervisor) {
    supervisor.Suspend(reason.empty() ? "suspended by an operator" : reason);
    return absl::OkStatus();
  });
}

absl::Status Control::ResumePool(const std::string& name, const std::string& reason) {
  return OnSupervisor(name, [reason](PoolSupervisor& supervisor) {
    supervisor.Resume(reason.empty() ? "resumed by an operator" : reason);
    return absl::OkStatus();
  });
}

absl::StatusOr<admin::v1::ExplainPoolResponse> Control::ExplainPool(const std::string& name) const {
  auto answer = std::make_shared<admin::v1::ExplainPoolResponse>();
  absl::Status status = OnSupervisor(name, [answer](PoolSupervisor& supervisor) {
    for (const auto& decision : supervisor.scaler().decisions()) {
      *answer->add_decisions() = decision;
    }
    answer->set_summary(supervisor.scaler().summary());
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return std::move(*answer);
}

std::optional<bool> Control::RootSupervisorLives() const {
  return Ask<bool>(parts_.control, kPatience, [&root = parts_.root] { return root.alive(); });
}

absl::StatusOr<std::vector<admin::v1::Worker>> Control::Workers(const std::string& pool) const {
  auto workers = std::make_shared<std::vector<admin::v1::Worker>>();
  for (const auto& each : parts_.pools) {
    const std::string name = NameOf(*each);
    if (pool != kAllPools && pool != name) continue;
    absl::Status status = OnSupervisor(name, [workers](PoolSupervisor& supervisor) {
      for (admin::v1::Worker& worker : supervisor.DescribeWorkers())
        workers->push_back(std::move(worker));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
  }
  if (pool != kAllPools) {
    if (absl::StatusOr<size_t> known = NumberOf(pool); !known.ok()) return known.status();
  }
  return std::move(*workers);
}

absl::StatusOr<admin::v1::Worker> Control::EndWorker(const std::string& name, bool replace,
                                                     const std::string& reason) {
  absl::StatusOr<WorkerName> parsed = ParseWorkerName(name);
  if (!parsed.ok()) return parsed.status();
  absl::StatusOr<std::vector<admin::v1::Worker>> workers = Workers(parsed->pool);
  if (!workers.ok()) return workers.status();
  absl::Status status =
      OnSupervisor(parsed->pool, [id = parsed->id, replace](PoolSupervisor& pool) {
        return replace ? pool.RestartWorker(id) : pool.StopWorker(id);
      });
  if (!status.ok()) return status;
  TellDeed(replace ? "worker-restarting" : "worker-stopping", parsed->pool,
           absl::StrCat("asked ", name, " to end"), reason);
  auto at = std::find_if(workers->begin(), workers->end(),
                         [&](const admin::v1::Worker& worker) { return worker.name() == name; });
  admin::v1::Worker worker;
  if (at != workers->end()) worker = *at;
  worker.set_name(name);
  return worker;
}

std::vector<admin::v1::Crash> Control::Crashes() const {
  std::vector<admin::v1::Crash> crashes = earlier_crashes_.List();
  for (const auto& pool : parts_.pools) {
    for (admin::v1::Crash& crash : pool->crashes().List()) crashes.push_back(std::move(crash));
  }
  std::stable_sort(crashes.begin(), crashes.end(), [](const auto& a, const auto& b) {
    return std::pair(a.time().seconds(), a.time().nanos()) >
           std::pair(b.time().seconds(), b.time().nanos());
  });
  return crashes;
}

std::vector<admin::v1::QuarantineEntry> Control::Quarantine() const {
  std::vector<admin::v1::QuarantineEntry> entries;
  const Nanos now = Clock::System().Steady();
  for (const auto& pool : parts_.pools) {
    const policy::QuarantinePolicy& policy = pool->spec().quarantine;
    for (const policy::Quarantine::Entry& entry : pool->quarantine().entries()) {
      admin::v1::QuarantineEntry& shown = entries.emplace_back();
      const std::string& route = pool->RouteName(static_cast<uint32_t>(entry.route));
      shown.set_name(absl::StrCat("quarantine/", pool->spec().name, "-", entry.fingerprint));
      shown.set_pool(NameOf(*pool));
      shown.set_method(route.substr(0, route.find(' ')));
      shown.set_route(route.substr(route.find(' ') + 1));
      shown.set_deaths(entry.kills);
      *shown.mutable_last_time() = ToProto(absl::Now() - absl::Nanoseconds(now - entry.last_kill));
      *shown.mutable_expire_time() =
          ToProto(absl::Now() + absl::Nanoseconds(entry.last_kill + policy.expiry - now));
      shown.set_enforced(policy.mode == policy::QuarantineMode::kEnforce &&
                         entry.kills >= policy.kills_max);
      shown.set_shed(static_cast<int64_t>(entry.shed + entry.reported));
    }
  }
  return entries;
}

absl::StatusOr<admin::v1::QuarantineEntry> Control::ReleaseQuarantine(const std::string& name,
                                                                      const std::string& reason) {
  for (admin::v1::QuarantineEntry& entry : Quarantine()) {
    if (entry.name() != name) continue;
    absl::StatusOr<size_t> number = NumberOf(entry.pool());
    if (!number.ok()) return number.status();
    uint64_t fingerprint = 0;
    if (!absl::SimpleAtoi(name.substr(name.rfind('-') + 1), &fingerprint)) break;
    parts_.pools[*number]->quarantine().Release(fingerprint);
    TellDeed("quarantine-released", entry.pool(), absl::StrCat("released ", name), reason);
    return std::move(entry);
  }
  return absl::NotFoundError(
      absl::StrCat("There is no ", name, " any more; list the quarantine for what there is."));
}

}  // namespace troupe
