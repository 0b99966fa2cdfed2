// Control: what an operator may see and do, for the admin plane. It asks the parts on their own
// threads and answers in the admin API's words; it decides nothing about who may call.
//
// Any thread but the reactors' and the control reactor's. Every call is bounded in time: a reactor
// that does not answer is named in the answer (`unresponsive`) instead of waited for. Errors are
// sentences for the operator, with the code that the admin API documents.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/actors/crash_log.h"
#include "runtime/control_parts.h"
#include "runtime/live_config.h"
#include "runtime/reactor/timer_wheel.h"
#include "troupe/admin/v1/connections.pb.h"
#include "troupe/admin/v1/crashes.pb.h"
#include "troupe/admin/v1/ledger.pb.h"
#include "troupe/admin/v1/pools.pb.h"
#include "troupe/admin/v1/requests.pb.h"
#include "troupe/admin/v1/server.pb.h"
#include "troupe/admin/v1/stats.pb.h"

namespace troupe {

class Control {
 public:
  // A list of what lives, and who could not be asked for its part.
  template <class T>
  struct Listing {
    std::vector<T> items;
    std::vector<std::string> unresponsive;
  };

  explicit Control(ControlParts parts);
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // --- the server -------------------------------------------------------------------------------
  admin::v1::ServerStatus Status() const;
  admin::v1::ServerStatus::Phase phase() const;
  admin::v1::LedgerSnapshot Ledger() const;
  admin::v1::StatsSnapshot Stats() const;  // without rates and what the process uses
  // Shown by Status beside those of HTTP.
  void AddListener(admin::v1::ListenerStatus listener);
  telemetry::EventLog& events() const { return parts_.events; }
  // An event: what an operator has done, "ended pools/echo/workers/7", and why.
  void TellDeed(std::string_view kind, std::string_view pool, std::string_view deed,
                const std::string& reason);

  // FAILED_PRECONDITION while a drain goes on that is as final.
  absl::StatusOr<admin::v1::DrainStatus> BeginDrain(const admin::v1::DrainRequest& request);
  absl::StatusOr<admin::v1::DrainStatus> Shutdown(const admin::v1::ShutdownRequest& request);
  absl::StatusOr<admin::v1::DrainStatus> Undrain(const admin::v1::UndrainRequest& request);
  admin::v1::DrainStatus DescribeDrain() const;
  // How many steps drains have come to since the start; the first is that there is no drain.
  int64_t drain_steps() const;
  // The first of them behind number `seen` that is still known, with what it waits for now; `seen`
  // becomes its number. Nothing when there is none.
  std::optional<admin::v1::DrainStatus> NextDrainStep(int64_t& seen) const;
  // The drain has come to another step; on the control reactor.
  void OnDrainStep(const admin::v1::DrainStatus& status);

  // Told of each signal that the server follows, but SIGHUP, once it does; set before the server
  // runs, called on the control reactor: must not wait.
  void SetOnSignal(std::function<void(int signal)> on_signal) { on_signal_ = std::move(on_signal); }
  void TellSignal(int signal);

  absl::StatusOr<admin::v1::ReopenLogsResponse> ReopenLogs();
  admin::v1::LogLevels LogLevels() const;
  absl::StatusOr<admin::v1::LogLevels> SetLogLevel(const admin::v1::SetLogLevelRequest& request);

  // --- configuration ----------------------------------------------------------------------------
  // For LiveConfig.
  absl::StatusOr<LiveConfig::Commit> PrepareConfig(const config::v1::Config& config,
                                                   int64_t revision);
  // What SIGHUP does; set before the server runs, called on the control reactor: must not wait.
  void SetReload(std::function<void()> reload) { reload_ = std::move(reload); }
  void Reload();

  // --- pools ------------------------------------------------------------------------------------
  // By name; what a supervisor that does not answer would say is missing.
  std::vector<admin::v1::Pool> Pools() const;
  // `name` is "pools/echo". NOT_FOUND.
  absl::StatusOr<admin::v1::Pool> GetPool(const std::string& name) const;
  absl::Status SuspendPool(const std::string& name, const std::string& reason);
  absl::Status ResumePool(const std::string& name, const std::string& reason);
  absl::StatusOr<admin::v1::ExplainPoolResponse> ExplainPool(const std::string& name) const;
  // Whether the supervisor of the pools' supervisors lives; nothing when the control reactor does
  // not answer.
  std::optional<bool> RootSupervisorLives() const;
  // Of "pools/echo", or of all with "pools/-".
  absl::StatusOr<std::vector<admin::v1::Worker>> Workers(const std::string& pool) const;
  // "pools/echo/workers/7" ends what it has begun; then another takes its place, or none does. As
  // it was.
  absl::StatusOr<admin::v1::Worker> EndWorker(const std::string& name, bool replace,
                                              const std::string& reason);

  // --- crashes ----------------------------------------------------------------------------------
  // Of an earlier process; listed beside those of this one.
  void AddEarlierCrash(admin::v1::Crash crash) { earlier_crashes_.AddEarlier(std::move(crash)); }
  // The latest first.
  std::vector<admin::v1::Crash> Crashes() const;
  std::vector<admin::v1::QuarantineEntry> Quarantine() const;
  // As it was. NOT_FOUND.
  absl::StatusOr<admin::v1::QuarantineEntry> ReleaseQuarantine(const std::string& name,
                                                               const std::string& reason);

  // --- requests and connections -----------------------------------------------------------------
  Listing<admin::v1::Request> Requests() const;
  // NOT_FOUND when it has ended.
  absl::StatusOr<admin::v1::Request> GetRequest(const std::string& name) const;
  absl::Status CancelRequest(const std::string& name);
  // Those that have ended, in no order.
  Listing<admin::v1::Request> SlowRequests() const;

  Listing<admin::v1::Connection> Connections() const;
  absl::StatusOr<admin::v1::Connection> CloseConnection(const std::string& name,
                                                        const std::string& reason);

 private:
  // How long a question waits for a reactor's answer, and what is said when the control reactor has
  // given none.
  static constexpr Nanos kPatience = kNanosPerSecond;
  static absl::Status ControlIsLate();

  absl::StatusOr<admin::v1::DrainStatus> Drain(const admin::v1::DrainRequest& request, bool exits);
  absl::Status Commit(const CurrentConfig::Pointer& config,
                      const std::shared_ptr<const Snapshot>& snapshot, int64_t connections_max);
  admin::v1::DrainStatus WithWork(admin::v1::DrainStatus status) const;
  absl::StatusOr<admin::v1::DrainStatus> OnDrain(
      const std::function<absl::Status(troupe::Drain&)>& action);
  std::vector<Reactor*> reactors() const;
  absl::StatusOr<size_t> NumberOf(const std::string& pool) const;
  absl::Status OnSupervisor(const std::string& pool,
                            std::function<absl::Status(PoolSupervisor&)> action) const;
  bool ApplyToPools(const config::v1::Config& config);
  void DescribeReactors(admin::v1::ServerStatus& status) const;
  // The front that "requests/N" or "connections/N" lives on.
  absl::StatusOr<Front*> FrontOf(const std::string& name, uint64_t id) const;

  // On the control reactor: sets the levels back.
  class LevelRevert final : public TimerNode {
   public:
    telemetry::LogLevels levels;
    absl::Time when;

   private:
    void OnTimer() override;
  };
  admin::v1::LogLevels SetLevelsOnControl(const admin::v1::SetLogLevelRequest& request);

  const ControlParts parts_;
  const absl::Time start_time_ = absl::Now();
  LevelRevert level_revert_;
  CrashLog earlier_crashes_{"SIGNAL"};  // as no pool may be named
  std::function<void()> reload_;
  std::function<void(int signal)> on_signal_;
  mutable std::mutex mutex_;                        // over what follows
  std::deque<admin::v1::DrainStatus> drain_steps_;  // the last ones
  int64_t drain_steps_count_ = 0;                   // of all
  std::vector<admin::v1::ListenerStatus> other_listeners_;
};

}  // namespace troupe
