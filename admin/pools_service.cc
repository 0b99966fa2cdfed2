#include <google/protobuf/util/field_mask_util.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "admin/author.h"
#include "admin/listing.h"
#include "admin/services.h"
#include "admin/topology.h"
#include "runtime/config/values.h"

namespace troupe::admin {
namespace {

absl::StatusOr<v1::ListPoolsResponse> List(Control& control, const v1::ListPoolsRequest& request) {
  v1::ListPoolsResponse response;
  absl::Status status =
      FillPage({request.page_size(), request.page_token(), request.filter(), request.order_by()},
               control.Pools(), response, response.mutable_pools());
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::ListWorkersResponse> ListWorkers(Control& control,
                                                    const v1::ListWorkersRequest& request) {
  absl::StatusOr<std::vector<v1::Worker>> workers = control.Workers(request.parent());
  if (!workers.ok()) return workers.status();
  v1::ListWorkersResponse response;
  absl::Status status =
      FillPage({request.page_size(), request.page_token(), request.filter(), request.order_by()},
               *std::move(workers), response, response.mutable_workers());
  if (!status.ok()) return status;
  return response;
}

// An empty etag means whatever is there (AIP-154).
absl::Status CheckEtag(const v1::Pool& pool, const std::string& etag) {
  if (etag.empty() || etag == pool.etag()) return absl::OkStatus();
  return absl::AbortedError("The pool has changed since it was read; read it again.");
}

// What can be updated, and the setting that it is.
struct Updatable {
  const char* field;
  const char* setting;
  std::string (*text)(const v1::Pool&);
};

std::string Text(const google::protobuf::Duration& duration) {
  return config::DurationText(config::ToDuration(duration));
}

constexpr Updatable kUpdatable[] = {
    {"workers_min", "workers.min",
     [](const v1::Pool& pool) { return absl::StrCat(pool.workers_min()); }},
    {"workers_max", "workers.max",
     [](const v1::Pool& pool) { return absl::StrCat(pool.workers_max()); }},
    {"in_flight_max", "in_flight_max",
     [](const v1::Pool& pool) { return absl::StrCat(pool.in_flight_max()); }},
    {"queue_max", "queue_max", [](const v1::Pool& pool) { return absl::StrCat(pool.queue_max()); }},
    {"queue_timeout", "queue_timeout",
     [](const v1::Pool& pool) { return Text(pool.queue_timeout()); }},
    {"request_timeout", "request_timeout",
     [](const v1::Pool& pool) { return Text(pool.request_timeout()); }},
};

// Without a mask: the fields that are set (AIP-134).
google::protobuf::FieldMask MaskOf(const v1::UpdatePoolRequest& request) {
  if (request.has_update_mask()) return request.update_mask();
  google::protobuf::FieldMask mask;
  std::vector<const google::protobuf::FieldDescriptor*> set;
  request.pool().GetReflection()->ListFields(request.pool(), &set);
  for (const auto* field : set) {
    if (field->name() != "name" && field->name() != "etag") mask.add_paths(field->name());
  }
  return mask;
}

absl::StatusOr<std::string> AssignmentOf(const v1::Pool& pool, const std::string& path) {
  absl::string_view name = pool.name();
  absl::ConsumePrefix(&name, "pools/");
  for (const Updatable& each : kUpdatable) {
    if (path == each.field) {
      return absl::StrCat("pools.", name, ".", each.setting, "=", each.text(pool));
    }
  }
  return InvalidField("update_mask", absl::StrCat("names ", path,
                                                  "; can be updated: workers_min, workers_max, "
                                                  "in_flight_max, queue_max, queue_timeout, "
                                                  "request_timeout"));
}

absl::StatusOr<v1::UpdatePoolResponse> Update(const ServiceParts& parts, const Caller& caller,
                                              const v1::UpdatePoolRequest& request,
                                              Changes& changes) {
  const std::string& name = request.pool().name();
  v1::ApplyConfigRequest apply;
  // Read before the pool: so no other change can come between the pool's check and this one.
  if (!request.pool().etag().empty()) apply.set_etag(parts.config.etag());
  absl::StatusOr<v1::Pool> pool = parts.control.GetPool(name);
  if (!pool.ok()) return pool.status();
  if (absl::Status status = CheckEtag(*pool, request.pool().etag()); !status.ok()) return status;
  apply.set_validate_only(request.validate_only());
  apply.set_reason(request.reason());
  const google::protobuf::FieldMask mask = MaskOf(request);
  for (const std::string& path : mask.paths()) {
    absl::StatusOr<std::string> assignment = AssignmentOf(request.pool(), path);
    if (!assignment.ok()) return assignment.status();
    apply.add_assignments(*std::move(assignment));
  }
  if (apply.assignments().empty()) return InvalidField("update_mask", "is empty");
  absl::StatusOr<v1::ApplyConfigResponse> applied =
      parts.config.Apply(apply, AuthorOf(caller), v1::Revision::UPDATE_POOL);
  if (!applied.ok()) return applied.status();
  v1::UpdatePoolResponse response;
  if (request.validate_only()) {
    *response.mutable_pool() = *std::move(pool);
    google::protobuf::util::FieldMaskUtil::MergeMessageTo(
        request.pool(), mask, google::protobuf::util::FieldMaskUtil::MergeOptions(),
        response.mutable_pool());
    return response;
  }
  changes.assign(applied->changes().begin(), applied->changes().end());
  pool = parts.control.GetPool(name);
  if (!pool.ok()) return pool.status();
  *response.mutable_pool() = *std::move(pool);
  response.set_revision(applied->revision().number());
  return response;
}

// Suspends or resumes.
template <class Request>
absl::StatusOr<v1::Pool> ChangeState(Control& control, const Request& request,
                                     absl::Status (Control::*change)(const std::string& name,
                                                                     const std::string& reason),
                                     Changes& changes) {
  absl::StatusOr<v1::Pool> before = control.GetPool(request.name());
  if (!before.ok()) return before.status();
  absl::Status status = CheckEtag(*before, request.etag());
  if (status.ok()) status = (control.*change)(request.name(), request.reason());
  if (!status.ok()) return status;
  absl::StatusOr<v1::Pool> after = control.GetPool(request.name());
  if (!after.ok()) return after.status();
  Note(changes, request.name() + ".state", v1::Pool::State_Name(before->state()),
       v1::Pool::State_Name(after->state()));
  return after;
}

absl::StatusOr<v1::Worker> EndWorker(Control& control, const std::string& name, bool replace,
                                     const std::string& reason, Changes& changes) {
  absl::StatusOr<v1::Worker> before = control.EndWorker(name, replace, reason);
  if (!before.ok()) return before.status();
  v1::Worker worker = *std::move(before);
  Note(changes, name + ".state", v1::Worker::State_Name(worker.state()),
       v1::Worker::State_Name(v1::Worker::DRAINING));
  worker.set_state(v1::Worker::DRAINING);
  return worker;
}

absl::StatusOr<v1::ExplainPoolResponse> Explain(Control& control,
                                                const v1::ExplainPoolRequest& request) {
  constexpr int kDecisionsDefault = 20;
  if (request.page_size() < 0) return InvalidField("page_size", "must not be negative");
  absl::StatusOr<v1::ExplainPoolResponse> response = control.ExplainPool(request.name());
  if (!response.ok()) return response;
  const int max = request.page_size() == 0 ? kDecisionsDefault : request.page_size();
  auto& decisions = *response->mutable_decisions();
  if (decisions.size() > max) decisions.DeleteSubrange(max, decisions.size() - max);
  return response;
}

}  // namespace

MadeService MakePoolsService(const ServiceParts& parts) {
  auto service = std::make_unique<RpcService>("troupe.admin.v1.Pools", parts.gate, parts.threads);
  Control& control = parts.control;
  service->Unary<v1::ListPoolsRequest, v1::ListPoolsResponse>(
      "ListPools",
      [&control](const Caller&, const auto& request) { return List(control, request); });
  service->Unary<v1::GetPoolRequest, v1::Pool>(
      "GetPool",
      [&control](const Caller&, const auto& request) { return control.GetPool(request.name()); });
  service->Changing<v1::UpdatePoolRequest, v1::UpdatePoolResponse>(
      "UpdatePool", [parts, updates = std::make_shared<std::mutex>()](
                        const Caller& caller, const auto& request, Changes& changes) {
        // Nobody else updates a pool between the look at its etag and the change.
        std::lock_guard lock(*updates);
        return Update(parts, caller, request, changes);
      });
  service->Unary<v1::ExplainPoolRequest, v1::ExplainPoolResponse>(
      "ExplainPool",
      [&control](const Caller&, const auto& request) { return Explain(control, request); });
  service->Changing<v1::SuspendPoolRequest, v1::Pool>(
      "SuspendPool", [&control](const Caller&, const auto& request, Changes& changes) {
        return ChangeState(control, request, &Control::SuspendPool, changes);
      });
  service->Changing<v1::ResumePoolRequest, v1::Pool>(
      "ResumePool", [&control](const Caller&, const auto& request, Changes& changes) {
        return ChangeState(control, request, &Control::ResumePool, changes);
      });
  service->Unary<v1::ListWorkersRequest, v1::ListWorkersResponse>(
      "ListWorkers",
      [&control](const Caller&, const auto& request) { return ListWorkers(control, request); });
  service->Changing<v1::RestartWorkerRequest, v1::Worker>(
      "RestartWorker", [&control](const Caller&, const auto& request, Changes& changes) {
        return EndWorker(control, request.name(), /*replace=*/true, request.reason(), changes);
      });
  service->Changing<v1::StopWorkerRequest, v1::Worker>(
      "StopWorker", [&control](const Caller&, const auto& request, Changes& changes) {
        return EndWorker(control, request.name(), /*replace=*/false, request.reason(), changes);
      });
  service->Unary<v1::GetTopologyRequest, v1::Topology>(
      "GetTopology", [&control](const Caller&, const auto&) { return TopologyOf(control); });
  return service;
}

}  // namespace troupe::admin
