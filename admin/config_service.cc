#include "admin/author.h"
#include "admin/listing.h"
#include "admin/services.h"
#include "runtime/live_config.h"

namespace troupe::admin {
namespace {

absl::StatusOr<v1::ListRevisionsResponse> List(const LiveConfig& live,
                                               const v1::ListRevisionsRequest& request) {
  v1::ListRevisionsResponse response;
  absl::Status status = FillPage({request.page_size(), request.page_token(), request.filter(), ""},
                                 live.Revisions(), response, response.mutable_revisions());
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::ConfigView> Get(const LiveConfig& live, const v1::GetConfigRequest& request) {
  absl::StatusOr<v1::ConfigView> view = live.View(request.name());
  if (!view.ok() || request.include_defaults()) return view;
  auto& settings = *view->mutable_settings();
  settings.erase(
      std::remove_if(settings.begin(), settings.end(),
                     [](const v1::Setting& setting) { return setting.origin() == "default"; }),
      settings.end());
  return view;
}

absl::StatusOr<v1::ApplyConfigResponse> Noted(absl::StatusOr<v1::ApplyConfigResponse> applied,
                                              bool validate_only, Changes& changes) {
  if (!applied.ok()) return WithViolations(applied.status());
  if (!validate_only) changes.assign(applied->changes().begin(), applied->changes().end());
  return applied;
}

}  // namespace

MadeService MakeConfigService(const ServiceParts& parts) {
  auto service = std::make_unique<RpcService>("troupe.admin.v1.Config", parts.gate, parts.threads);
  LiveConfig& live = parts.config;
  service->Unary<v1::GetConfigRequest, v1::ConfigView>(
      "GetConfig", [&live](const Caller&, const auto& request) { return Get(live, request); });
  service->Unary<v1::ListRevisionsRequest, v1::ListRevisionsResponse>(
      "ListRevisions", [&live](const Caller&, const auto& request) { return List(live, request); });
  service->Unary<v1::DiffRevisionsRequest, v1::DiffRevisionsResponse>(
      "DiffRevisions", [&live](const Caller&, const auto& request) {
        return live.Diff(request.from(), request.to());
      });
  service->Changing<v1::ApplyConfigRequest, v1::ApplyConfigResponse>(
      "ApplyConfig", [&live](const Caller& caller, const auto& request, Changes& changes) {
        return Noted(live.Apply(request, AuthorOf(caller)), request.validate_only(), changes);
      });
  service->Changing<v1::ConfirmConfigRequest, v1::Revision>(
      "ConfirmConfig", [&live](const Caller&, const auto& request, Changes& changes) {
        absl::StatusOr<v1::Revision> revision = live.Confirm(request.name());
        if (revision.ok()) Note(changes, revision->name() + ".state", "UNCONFIRMED", "CURRENT");
        return revision;
      });
  service->Changing<v1::RollbackConfigRequest, v1::ApplyConfigResponse>(
      "RollbackConfig", [&live](const Caller& caller, const auto& request, Changes& changes) {
        return Noted(live.Rollback(request, AuthorOf(caller)), request.validate_only(), changes);
      });
  return service;
}

}  // namespace troupe::admin
