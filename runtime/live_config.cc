#include "runtime/live_config.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/field_mask_util.h"
#include "runtime/actors/compile.h"
#include "runtime/actors/proto_time.h"
#include "runtime/config/diff.h"
#include "runtime/config/print.h"
#include "runtime/config/set_path.h"
#include "runtime/config/text.h"
#include "runtime/telemetry/log.h"

namespace troupe {
namespace {

using admin::v1::ApplyConfigResponse;
using admin::v1::Revision;
using config::StoredRevision;

constexpr absl::Duration kLasting = absl::Seconds(10);  // a start that lives so long is a good one
constexpr int kFailedStartsMax = 3;
constexpr absl::Duration kConfirmMax = absl::Hours(24);
constexpr absl::Duration kRevertAgain = absl::Seconds(1);

constexpr char kNeedsAdmin[] = "names a file, for which the role ADMIN is needed";

// What the process's manager offers, where the configuration does not name a folder.
std::string StateFolder(const config::v1::Config& config, const config::Source& source) {
  if (config.state_dir() == "off") return "";
  if (config.state_dir() != "auto") return config.state_dir();
  auto at = source.environment.find("STATE_DIRECTORY");
  return at == source.environment.end() ? "" : at->second.substr(0, at->second.find(':'));
}

bool IsUnder(const std::string& path, const config::v1::Config& config) {
  if (path.find("/../") != std::string::npos) return false;
  return std::any_of(config.admin().allowed_paths().begin(), config.admin().allowed_paths().end(),
                     [&](const std::string& folder) { return path.rfind(folder + "/", 0) == 0; });
}

std::string Summary(const std::vector<admin::v1::Change>& changes) {
  auto count = [&](config::v1::Apply apply) {
    return std::count_if(changes.begin(), changes.end(), [&](const auto& change) {
      return change.apply() == config::v1::Apply_Name(apply);
    });
  };
  return absl::StrCat(config::Count(count(config::v1::LIVE), "field"), " at once, ",
                      count(config::v1::NEW_CONNECTIONS), " for new connections");
}

}  // namespace

absl::StatusOr<std::unique_ptr<LiveConfig>> LiveConfig::Open(Options options) {
  absl::StatusOr<config::Inputs> inputs = config::Read(options.source);
  if (!inputs.ok()) return inputs.status();
  absl::StatusOr<config::Loaded> loaded =
      config::Compose(*inputs, options.default_yaml, options.checks);
  if (!loaded.ok()) return loaded.status();
  absl::StatusOr<config::RevisionStore> store =
      config::RevisionStore::Open(StateFolder(loaded->config, options.source));
  if (!store.ok()) return store.status();
  std::unique_ptr<LiveConfig> live(
      new LiveConfig(std::move(options), *std::move(inputs), *std::move(store)));
  if (absl::Status status = live->Begin(); !status.ok()) return status;
  return live;
}

LiveConfig::LiveConfig(Options options, config::Inputs inputs, config::RevisionStore store)
    : options_(std::move(options)), inputs_(std::move(inputs)), store_(std::move(store)) {}

LiveConfig::~LiveConfig() {
  Stop();
  store_.NoteLasting();  // it ends as it should
}

absl::Status LiveConfig::Begin() {
  file_hash_ = config::ContentHash(inputs_.file ? inputs_.file->text : options_.default_yaml);
  if (Restore(store_.NoteStart())) return absl::OkStatus();
  absl::StatusOr<Composed> composed =
      Compose(inputs_.file.value_or(config::NamedText{"default", options_.default_yaml}));
  if (!composed.ok()) return composed.status();
  current_ = *std::move(composed);
  StoredRevision first{{}, current_.yaml};
  first.about.set_source(Revision::START);
  first.about.set_author("start");
  first.about.set_file_hash(file_hash_);
  *first.about.mutable_create_time() = ToProto(absl::Now());
  absl::StatusOr<Revision> kept = store_.Append(std::move(first));
  if (!kept.ok()) return kept.status();
  revision_ = kept->number();
  return absl::OkStatus();
}

// True when a revision that was made since the file is in effect.
bool LiveConfig::Restore(int failed_starts) {
  const int skip = failed_starts / kFailedStartsMax;
  const StoredRevision* newest = store_.Restorable(file_hash_, 0);
  const StoredRevision* stored = store_.Restorable(file_hash_, skip);
  if (stored == nullptr) return false;
  absl::StatusOr<Composed> composed = Compose({stored->about.name(), stored->yaml});
  if (!composed.ok()) {
    telemetry::LogError("config", absl::StrCat(stored->about.name(), " does not hold any more: ",
                                               composed.status().message()));
    return false;
  }
  current_ = *std::move(composed);
  revision_ = stored->about.number();
  if (stored != newest) {
    telemetry::LogWarning(
        "config", absl::StrCat("uses, since the last ", config::Count(failed_starts, "start"),
                               " ended within ten seconds, revision ", revision_, " instead of ",
                               newest->about.number()));
  }
  return true;
}

config::Loaded LiveConfig::loaded() const {
  const std::lock_guard lock(mutex_);
  return current_.effective;
}

int64_t LiveConfig::revision() const {
  const std::lock_guard lock(mutex_);
  return revision_;
}

std::string LiveConfig::etag() const {
  const std::lock_guard lock(mutex_);
  return store_.Find(revision_)->about.etag();
}

absl::StatusOr<LiveConfig::Composed> LiveConfig::Compose(const config::NamedText& file,
                                                         const config::v1::Config* known) const {
  config::Inputs only_file;
  only_file.file = file;
  only_file.known = known;
  absl::StatusOr<config::Loaded> base =
      config::Compose(only_file, options_.default_yaml, options_.checks);
  if (!base.ok()) return base.status();
  config::Inputs all = inputs_;
  all.file = file;
  all.known = known;
  absl::StatusOr<config::Loaded> effective =
      config::Compose(all, options_.default_yaml, options_.checks);
  if (!effective.ok()) return effective.status();
  std::string yaml = config::PrintConfig(base->config);
  return Composed{*std::move(base), *std::move(effective), std::move(yaml)};
}

absl::StatusOr<LiveConfig::Composed> LiveConfig::Candidate(
    const admin::v1::ApplyConfigRequest& request) const {
  const int ways = (request.yaml().empty() ? 0 : 1) + (request.has_config() ? 1 : 0) +
                   (request.assignments().empty() ? 0 : 1);
  if (ways != 1) {
    return absl::InvalidArgumentError("Exactly one of yaml, config and assignments must be given.");
  }
  const config::v1::Config& known = current_.base.config;  // it may have been shown
  if (!request.yaml().empty()) return Compose({"yaml", request.yaml()}, &known);
  config::v1::Config wanted = known;
  for (const std::string& assignment : request.assignments()) {
    auto parts = config::SplitOnce(assignment, '=');
    if (!parts) {
      return absl::InvalidArgumentError(
          absl::StrCat("assignments: \"", assignment, "\" is not PATH=VALUE."));
    }
    absl::StatusOr<std::string> path = config::SetByPath(parts->first, parts->second, wanted);
    if (!path.ok()) {
      return absl::InvalidArgumentError(
          config::Concat(parts->first, ": ", config::MessageOf(path.status())));
    }
  }
  if (request.has_config() && !request.has_update_mask()) {
    wanted = request.config();
  } else if (request.has_config()) {
    using google::protobuf::util::FieldMaskUtil;
    for (const std::string& path : request.update_mask().paths()) {
      if (!FieldMaskUtil::IsValidPath<config::v1::Config>(path)) {
        return absl::InvalidArgumentError(
            absl::StrCat("update_mask names \"", path, "\", which the configuration lacks."));
      }
    }
    FieldMaskUtil::MergeOptions options;
    options.set_replace_message_fields(true);
    options.set_replace_repeated_fields(true);
    FieldMaskUtil::MergeMessageTo(request.config(), request.update_mask(), options, &wanted);
  }
  // As text, so that there is one parser and one set of checks.
  return Compose({"request", config::PrintConfig(wanted)}, &known);
}

absl::StatusOr<ApplyConfigResponse> LiveConfig::Apply(const admin::v1::ApplyConfigRequest& request,
                                                      const Author& author,
                                                      Revision::Source source) {
  const std::lock_guard lock(mutex_);
  if (!request.etag().empty() && request.etag() != store_.Find(revision_)->about.etag()) {
    return absl::AbortedError(
        "The configuration has changed since it was read; read it again and repeat the change.");
  }
  absl::StatusOr<Composed> candidate = Candidate(request);
  if (!candidate.ok()) return candidate.status();
  Change change{*std::move(candidate), {}};
  change.about.set_source(source);
  change.about.set_author(author.name);
  change.about.set_reason(request.reason());
  change.validate_only = request.validate_only();
  change.confirm_within = absl::Nanoseconds(ToNanos(request.confirm_within()));
  change.may_name_files = author.may_name_files;
  return Put(std::move(change));
}

absl::StatusOr<ApplyConfigResponse> LiveConfig::Rollback(
    const admin::v1::RollbackConfigRequest& request, const Author& author) {
  const std::lock_guard lock(mutex_);
  if (!request.etag().empty() && request.etag() != store_.Find(revision_)->about.etag()) {
    return absl::AbortedError("The configuration has changed meanwhile; read it again.");
  }
  std::string name = request.name();
  if (name.empty()) {
    const int64_t before = store_.Find(revision_)->about.parent();
    if (before == 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("revisions/", revision_, ", which is in effect, has none before it; name ",
                       "the revision to go back to: config history lists them."));
    }
    name = absl::StrCat("revisions/", before);
  }
  absl::StatusOr<const StoredRevision*> found = Find(name);
  if (!found.ok()) return found.status();
  absl::StatusOr<Composed> composed = Compose({name, (*found)->yaml});
  if (!composed.ok()) return composed.status();
  Change change{*std::move(composed), {}};
  change.composed.yaml = (*found)->yaml;  // byte for byte
  change.about.set_source(Revision::ROLLBACK);
  change.about.set_author(author.name);
  change.about.set_reason(request.reason());
  change.validate_only = request.validate_only();
  change.confirm_within = absl::Nanoseconds(ToNanos(request.confirm_within()));
  change.may_name_files = author.may_name_files;
  return Put(std::move(change));
}

// Everything that can fail comes before anything changes.
absl::StatusOr<ApplyConfigResponse> LiveConfig::Put(Change change) {
  if (change.confirm_within < absl::ZeroDuration() || change.confirm_within > kConfirmMax) {
    return absl::InvalidArgumentError("confirm_within must be 0 to 24 h.");
  }
  std::vector<admin::v1::Change> changes = Judge(change);
  std::vector<std::string> refusals;
  for (const admin::v1::Change& each : changes) {
    if (!each.refusal().empty()) refusals.push_back(absl::StrCat(each.path(), " ", each.refusal()));
  }
  ApplyConfigResponse response;
  for (admin::v1::Change& each : changes) *response.add_changes() = each;
  response.set_summary(Summary(changes) + WhatItKeeps(change));
  *response.mutable_revision() = Described(*store_.Find(revision_));
  if (!refusals.empty() && !change.validate_only) {
    const bool forbidden = std::any_of(changes.begin(), changes.end(), [](const auto& each) {
      return each.refusal() == kNeedsAdmin;
    });
    return absl::Status(
        forbidden ? absl::StatusCode::kPermissionDenied : absl::StatusCode::kFailedPrecondition,
        absl::StrCat("Nothing was changed: ", absl::StrJoin(refusals, "; "), "."));
  }
  if (change.validate_only) {
    *response.mutable_revision() = change.about;
    response.mutable_revision()->set_number(store_.all().rbegin()->first + 1);
    return response;
  }
  if (changes.empty() && change.composed.yaml == current_.yaml) return response;
  if (absl::Status status = Keep(change, response); !status.ok()) return status;
  return response;
}

// A lasting change on top of one that waits to be confirmed makes that one last as well.
std::string LiveConfig::WhatItKeeps(const Change& change) const {
  const Revision& current = store_.Find(revision_)->about;
  const bool goes_back = change.about.source() == Revision::ROLLBACK ||
                         change.about.source() == Revision::REVERT ||
                         change.confirm_within > absl::ZeroDuration();
  if (goes_back || current.state() != Revision::UNCONFIRMED) return "";
  return absl::StrCat("; ", current.name(), " stays with it and needs no confirmation any more");
}

absl::Status LiveConfig::Keep(Change& change, ApplyConfigResponse& response) {
  if (!prepare_) return absl::UnavailableError("The server is starting or ending; try again.");
  const int64_t number = store_.all().rbegin()->first + 1;
  absl::StatusOr<Commit> commit = prepare_(change.composed.effective.config, number);
  if (!commit.ok()) return commit.status();
  Revision& about = change.about;
  const bool unconfirmed = change.confirm_within > absl::ZeroDuration();
  about.set_state(unconfirmed ? Revision::UNCONFIRMED : Revision::CURRENT);
  about.set_parent(revision_);
  about.set_file_hash(file_hash_);
  *about.mutable_create_time() = ToProto(absl::Now());
  const absl::Time deadline = absl::Now() + change.confirm_within;
  if (unconfirmed) *about.mutable_confirm_deadline() = ToProto(deadline);
  for (const admin::v1::Change& each : response.changes()) about.add_changed_paths(each.path());
  absl::StatusOr<Revision> kept = store_.Append({about, change.composed.yaml});
  if (!kept.ok()) return kept.status();
  revision_ = number;
  current_ = std::move(change.composed);
  revert_at_ = unconfirmed ? deadline : absl::InfiniteFuture();
  wake_.notify_all();
  *response.mutable_revision() = Described(*store_.Find(number));
  telemetry::LogInfo("config", absl::StrCat("revision ", number, " by ", about.author(),
                                            " is in effect: ", response.summary()));
  return (*commit)();
}

std::vector<admin::v1::Change> LiveConfig::Judge(const Change& change) const {
  std::vector<admin::v1::Change> changes =
      config::Diff(current_.effective.config, change.composed.effective.config);
  for (admin::v1::Change& each : changes) each.set_refusal(WhyRefused(change, each));
  // What is asked for and overridden is no difference, and must not be lost in silence.
  for (admin::v1::Change& asked : config::Diff(current_.base.config, change.composed.base.config)) {
    const std::string origin = change.composed.effective.origins.Of(asked.path());
    if (origin == change.composed.base.origins.Of(asked.path())) continue;
    asked.set_refusal(absl::StrCat("is set by ", origin, ", which wins over any revision"));
    changes.push_back(std::move(asked));
  }
  return changes;
}

std::string LiveConfig::WhyRefused(const Change& change, const admin::v1::Change& field) const {
  if (field.apply() != config::v1::Apply_Name(config::v1::RESTART)) return "";
  const bool names_page =
      field.path().rfind("error_pages[", 0) == 0 && config::Contains(field.path(), "].file");
  const bool may_be_named = field.after().empty() || change.takes_back ||
                            IsUnder(field.after(), current_.effective.config);
  if (names_page && may_be_named) return change.may_name_files ? "" : kNeedsAdmin;
  return "takes effect only at a start: change the file and restart";
}

absl::StatusOr<Revision> LiveConfig::Confirm(const std::string& name) {
  const std::lock_guard lock(mutex_);
  absl::StatusOr<const StoredRevision*> found =
      Find(name.empty() ? absl::StrCat("revisions/", revision_) : name);
  if (!found.ok()) return found.status();
  Revision about = (*found)->about;
  if (about.number() != revision_ || about.state() != Revision::UNCONFIRMED) {
    return absl::FailedPreconditionError(absl::StrCat(about.name(), " does not wait for this."));
  }
  about.set_state(Revision::CURRENT);
  about.clear_confirm_deadline();
  if (absl::Status status = store_.Update(about); !status.ok()) return status;
  revert_at_ = absl::InfiniteFuture();
  return Described(*store_.Find(revision_));
}

// The revision of that number, or the nearest before it that was not waiting to be confirmed.
const StoredRevision& LiveConfig::LastConfirmed(int64_t number) const {
  const StoredRevision* revision = store_.Find(number);
  while (!config::IsConfirmed(revision->about)) revision = store_.Find(revision->about.parent());
  return *revision;
}

absl::StatusOr<ApplyConfigResponse> LiveConfig::Revert() {
  const std::lock_guard lock(mutex_);
  if (absl::Now() < revert_at_) {
    return absl::FailedPreconditionError("It has been confirmed in the last moment.");
  }
  revert_at_ = absl::InfiniteFuture();
  Revision reverted = store_.Find(revision_)->about;
  reverted.set_state(Revision::REVERTED);
  absl::Status updated = store_.Update(reverted);
  const StoredRevision& parent = LastConfirmed(reverted.parent());
  if (!updated.ok()) telemetry::LogError("config", std::string(updated.message()));
  absl::StatusOr<ApplyConfigResponse> back =
      GoBackTo(parent, reverted.name() + " was not confirmed");
  if (back.ok()) return back;
  // It was not written, so nothing has changed.
  if (absl::IsUnavailable(back.status())) revert_at_ = absl::Now() + kRevertAgain;
  return absl::Status(back.status().code(), absl::StrCat("cannot go back to ", parent.about.name(),
                                                         ": ", back.status().message()));
}

absl::StatusOr<ApplyConfigResponse> LiveConfig::GoBackTo(const StoredRevision& parent,
                                                         std::string reason) {
  absl::StatusOr<Composed> composed = Compose({parent.about.name(), parent.yaml});
  if (!composed.ok()) return composed.status();
  Change change{*std::move(composed), {}};
  change.composed.yaml = parent.yaml;
  change.about.set_source(Revision::REVERT);
  change.about.set_author("confirm_within");
  change.about.set_reason(std::move(reason));
  change.may_name_files = true;
  change.takes_back = true;
  return Put(std::move(change));
}

absl::StatusOr<ApplyConfigResponse> LiveConfig::Reload() {
  absl::StatusOr<config::Inputs> read = config::Read(options_.source);
  if (!read.ok()) return read.status();
  const std::lock_guard lock(mutex_);
  if (!read->file) {
    return absl::FailedPreconditionError("There is no configuration file to be read again.");
  }
  absl::StatusOr<Composed> composed = Compose(*read->file);
  if (!composed.ok()) return composed.status();
  Change change{*std::move(composed), {}};
  change.about.set_source(Revision::RELOAD);
  change.about.set_author("SIGHUP");
  change.may_name_files = true;  // whoever writes the file
  const std::string before = std::exchange(file_hash_, config::ContentHash(read->file->text));
  absl::StatusOr<ApplyConfigResponse> applied = Put(std::move(change));
  if (applied.ok()) {
    inputs_.file = std::move(read->file);
  } else {
    file_hash_ = before;
  }
  return applied;
}

void LiveConfig::RequestReload() {
  {
    const std::lock_guard lock(mutex_);
    reload_asked_ = true;
  }
  wake_.notify_all();
}

absl::StatusOr<const StoredRevision*> LiveConfig::Find(const std::string& name) const {
  absl::string_view text = name;
  int64_t number = 0;
  if (!absl::ConsumePrefix(&text, "revisions/") || !absl::SimpleAtoi(text, &number)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", name, "\" is no name of a revision; it looks like revisions/12."));
  }
  const StoredRevision* found = store_.Find(number);
  if (found != nullptr) return found;
  return absl::NotFoundError(absl::StrCat("There is no ", name, "; the newest is revisions/",
                                          store_.all().rbegin()->first, "."));
}

void LiveConfig::Start(Prepare prepare, Hooks hooks) {
  const std::lock_guard lock(mutex_);
  prepare_ = std::move(prepare);
  hooks_ = std::move(hooks);
  lasting_at_ = absl::Now() + kLasting;
  thread_ = std::thread([this] { Loop(); });
  pthread_setname_np(thread_.native_handle(), "config");
}

void LiveConfig::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    prepare_ = nullptr;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LiveConfig::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const absl::Time now = absl::Now();
    const bool reverts = now >= revert_at_;
    if (reverts || std::exchange(reload_asked_, false)) {
      lock.unlock();
      reverts ? hooks_.revert() : hooks_.reload();
      lock.lock();
    } else if (now >= lasting_at_) {
      lasting_at_ = absl::InfiniteFuture();
      store_.NoteLasting();
    } else if (const absl::Time next = std::min(revert_at_, lasting_at_);
               next == absl::InfiniteFuture()) {
      wake_.wait(lock);
    } else {
      wake_.wait_for(lock, absl::ToChronoNanoseconds(next - now));
    }
  }
}

}  // namespace troupe
