// How a changed configuration takes effect while the server runs.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/ask.h"
#include "runtime/control.h"
#include "runtime/log_settings.h"
#include "runtime/reactor/cpus.h"
#include "runtime/telemetry/fatal_handler.h"

namespace troupe {
absl::StatusOr<LiveConfig::Commit> Control::PrepareConfig(const config::v1::Config& config,
                                                          int64_t revision) {
  absl::StatusOr<std::shared_ptr<Snapshot>> compiled =
      MakeSnapshot(config, parts_.pools, &parts_.metrics);
  if (!compiled.ok()) return compiled.status();
  (*compiled)->revision = static_cast<uint64_t>(revision);
  absl::StatusOr<int64_t> connections_max = ConnectionsMax(config);
  if (!connections_max.ok()) return connections_max.status();
  auto kept = std::make_shared<const config::v1::Config>(config);
  return LiveConfig::Commit(
      [this, kept = std::move(kept), snapshot = std::shared_ptr<const Snapshot>(*compiled),
       connections_max = *connections_max] { return Commit(kept, snapshot, connections_max); });
}

absl::Status Control::Commit(const CurrentConfig::Pointer& config,
                             const std::shared_ptr<const Snapshot>& snapshot,
                             int64_t connections_max) {
  const config::v1::Log::Level level_before = parts_.config.Get()->log().level();
  parts_.config.Set(config, snapshot->revision);
  parts_.budget.max.store(connections_max, std::memory_order_relaxed);
  // A level that an operator has set for a time stays, unless the configured one changes.
  if (config->log().level() != level_before) telemetry::SetLogLevel(LevelOf(config->log().level()));
  Answers<bool> taken =
      AskAll<bool>(reactors(), kPatience, [fronts = parts_.fronts, snapshot](size_t i) {
        fronts[i]->SetSnapshot(snapshot);
        return true;
      });
  parts_.events.Add("config-applied", "",
                    absl::StrCat("Revision ", snapshot->revision, " is in effect."),
                    {{"revision", absl::StrCat(snapshot->revision)}});
  telemetry::SetFatalRevision(static_cast<int64_t>(snapshot->revision));
  Ask<bool>(parts_.control, kPatience, [this, config] { return ApplyToPools(*config); });
  std::vector<std::string> late;
  for (size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) late.push_back(absl::StrCat("reactor-", i));
  }
  if (late.empty()) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrCat("Revision ", snapshot->revision, " is in effect, but not yet on ",
                   absl::StrJoin(late, ", "), ", which something blocks; it follows when it can."));
}

// On the control reactor.
bool Control::ApplyToPools(const config::v1::Config& config) {
  const int cpus = AvailableCpus();
  for (const config::v1::Pool& pool : config.pools()) {
    for (size_t i = 0; i < parts_.pools.size(); ++i) {
      if (parts_.pools[i]->spec().name != pool.name()) continue;
      parts_.root.supervisor(i).Apply(
          MakePoolPolicy(pool, static_cast<int>(parts_.fronts.size()), cpus));
    }
  }
  return true;
}

void Control::Reload() {
  if (reload_) {
    reload_();
  } else {
    telemetry::LogWarning("server", "SIGHUP is ignored: there is no configuration to read again");
  }
}

}  // namespace troupe
