#include <google/protobuf/util/message_differencer.h>

#include "admin/services.h"

namespace troupe::admin {
namespace {

constexpr absl::Duration kDrainLook = absl::Milliseconds(20);

using DrainTicks = RpcService::Ticks<v1::DrainStatus>;

DrainTicks WatchDrain(Control& control) {
  return {
      kDrainLook,
      [&control, last = v1::DrainStatus()](v1::DrainStatus& out) mutable -> absl::StatusOr<Look> {
        out = control.DescribeDrain();
        const bool over =
            out.step() == v1::DrainStatus::NONE || out.step() == v1::DrainStatus::DONE;
        if (over) return Look::kLast;
        if (google::protobuf::util::MessageDifferencer::Equals(out, last)) {
          return Look::kNothing;
        }
        last = out;
        return Look::kSend;
      }};
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
        return status;
      });
  service->Unary<v1::DrainRequest, v1::DrainStatus>(
      "Drain",
      [&control](const Caller&, const auto& request) { return control.BeginDrain(request); });
  service->Unary<v1::UndrainRequest, v1::DrainStatus>(
      "Undrain",
      [&control](const Caller&, const auto& request) { return control.Undrain(request); });
  service->Stream<v1::WatchDrainRequest, v1::DrainStatus>(
      "WatchDrain", [&control](const auto&) { return WatchDrain(control); });
  service->Unary<v1::ShutdownRequest, v1::DrainStatus>(
      "Shutdown",
      [&control](const Caller&, const auto& request) { return control.Shutdown(request); });
  service->Unary<v1::ReopenLogsRequest, v1::ReopenLogsResponse>(
      "ReopenLogs", [&control](const Caller&, const auto&) { return control.ReopenLogs(); });
  service->Unary<v1::SetLogLevelRequest, v1::LogLevels>(
      "SetLogLevel",
      [&control](const Caller&, const auto& request) { return control.SetLogLevel(request); });
  return service;
}

}  // namespace troupe::admin
