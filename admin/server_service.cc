#include <google/protobuf/util/message_differencer.h>

#include <optional>
#include <utility>

#include "admin/services.h"

namespace troupe::admin {
namespace {

constexpr absl::Duration kDrainLook = absl::Milliseconds(20);

using DrainTicks = RpcService::Ticks<v1::DrainStatus>;

// How the drain stands, then each step it comes to, however short, and between them what it still
// waits for.
class DrainWatch {
 public:
  explicit DrainWatch(Control& control) : control_(control), seen_(control.drain_steps()) {}

  Look operator()(v1::DrainStatus& out) {
    std::optional<v1::DrainStatus> step = control_.NextDrainStep(seen_);
    out = step ? *std::move(step) : control_.DescribeDrain();
    if (out.step() == v1::DrainStatus::NONE || out.step() == v1::DrainStatus::DONE) {
      return Look::kLast;
    }
    if (google::protobuf::util::MessageDifferencer::Equals(out, last_)) return Look::kNothing;
    last_ = out;
    return seen_ < control_.drain_steps() ? Look::kMore : Look::kSend;
  }

 private:
  Control& control_;
  int64_t seen_;
  v1::DrainStatus last_;
};

DrainTicks WatchDrain(Control& control) { return {kDrainLook, DrainWatch(control)}; }

// Begins or undoes a drain.
template <class Request>
absl::StatusOr<v1::DrainStatus> Drain(
    Control& control, const Request& request,
    absl::StatusOr<v1::DrainStatus> (Control::*change)(const Request& request), Changes& changes) {
  const v1::DrainStatus before = control.DescribeDrain();
  absl::StatusOr<v1::DrainStatus> after = (control.*change)(request);
  if (after.ok()) {
    Note(changes, "drain.step", v1::DrainStatus::Step_Name(before.step()),
         v1::DrainStatus::Step_Name(after->step()));
  }
  return after;
}

absl::StatusOr<v1::ReopenLogsResponse> ReopenLogs(Control& control, AuditLog& audit) {
  absl::StatusOr<v1::ReopenLogsResponse> response = control.ReopenLogs();
  if (!response.ok() || audit.file() == "log") return response;
  if (absl::Status status = audit.Reopen(); !status.ok()) return status;
  response->add_files(audit.file());
  return response;
}

// The level of a component is that of all where it has none of its own.
std::string LevelOf(const v1::LogLevels& levels, const std::string& component) {
  const auto own = levels.components().find(component);
  return v1::LogLevels::Level_Name(own == levels.components().end() ? levels.level() : own->second);
}

absl::StatusOr<v1::LogLevels> SetLogLevel(Control& control, const v1::SetLogLevelRequest& request,
                                          Changes& changes) {
  const v1::LogLevels before = control.LogLevels();
  absl::StatusOr<v1::LogLevels> after = control.SetLogLevel(request);
  if (!after.ok()) return after;
  const std::string& component = request.component();
  Note(changes, component.empty() ? "log.level" : "log.level of " + component,
       LevelOf(before, component), LevelOf(*after, component));
  return after;
}

}  // namespace

MadeService MakeServerService(const ServiceParts& parts) {
  auto service = std::make_unique<RpcService>("troupe.admin.v1.Server", parts.gate, parts.threads);
  Control& control = parts.control;
  service->Unary<v1::GetStatusRequest, v1::ServerStatus>(
      "GetStatus", [&control, &live = parts.config](const Caller&, const auto&) {
        v1::ServerStatus status = control.Status();
        for (const v1::Revision& revision : live.Revisions()) {
          if (revision.number() != status.revision()) continue;
          status.set_revision_unconfirmed(revision.state() == v1::Revision::UNCONFIRMED);
        }
        for (std::string& warning : live.loaded().warnings) {
          status.add_warnings(std::move(warning));
        }
        return status;
      });
  service->Changing<v1::DrainRequest, v1::DrainStatus>(
      "Drain", [&control](const Caller&, const auto& request, Changes& changes) {
        return Drain(control, request, &Control::BeginDrain, changes);
      });
  service->Changing<v1::UndrainRequest, v1::DrainStatus>(
      "Undrain", [&control](const Caller&, const auto& request, Changes& changes) {
        return Drain(control, request, &Control::Undrain, changes);
      });
  service->Stream<v1::WatchDrainRequest, v1::DrainStatus>(
      "WatchDrain", [&control](const auto&) { return WatchDrain(control); });
  service->Changing<v1::ShutdownRequest, v1::DrainStatus>(
      "Shutdown", [&control](const Caller&, const auto& request, Changes& changes) {
        return Drain(control, request, &Control::Shutdown, changes);
      });
  service->Unary<v1::ReopenLogsRequest, v1::ReopenLogsResponse>(
      "ReopenLogs", [&control, &audit = parts.audit](const Caller&, const auto&) {
        return ReopenLogs(control, audit);
      });
  service->Changing<v1::SetLogLevelRequest, v1::LogLevels>(
      "SetLogLevel", [&control](const Caller&, const auto& request, Changes& changes) {
        return SetLogLevel(control, request, changes);
      });
  return service;
}

}  // namespace troupe::admin
