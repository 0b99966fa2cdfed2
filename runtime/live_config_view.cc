// What LiveConfig says of itself: configurations with the origins of their values, revisions and
// differences. Secrets are redacted in all of it.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/config/diff.h"
#include "runtime/config/print.h"
#include "runtime/config/secrets.h"
#include "runtime/live_config.h"

namespace troupe {

using admin::v1::Revision;
using config::StoredRevision;

Revision LiveConfig::Described(const StoredRevision& revision) const {
  Revision about = revision.about;
  if (about.number() == revision_) {
    if (about.state() != Revision::UNCONFIRMED) about.set_state(Revision::CURRENT);
  } else if (about.state() != Revision::REVERTED) {
    about.set_state(Revision::SUPERSEDED);
  }
  return about;
}

// The revision that has given `path` its value, as far back as it has parents.
std::string LiveConfig::MakerOf(const std::string& path, const StoredRevision& revision) const {
  const StoredRevision* maker = &revision;
  for (const StoredRevision* at = maker; at != nullptr; at = store_.Find(at->about.parent())) {
    maker = at;
    const auto& changed = at->about.changed_paths();
    if (std::find(changed.begin(), changed.end(), path) != changed.end()) break;
  }
  return absl::StrCat("revision ", maker->about.number());
}

// Origins by path. A revision is kept whole, with every default: what is the same in the file that
// it was made on comes from there.
std::map<std::string, std::string> LiveConfig::OriginsOf(const StoredRevision& revision,
                                                         const config::v1::Config& config) const {
  config::Inputs only_file;
  only_file.file = inputs_.file;
  absl::StatusOr<config::Loaded> file =
      config::Compose(only_file, options_.default_yaml, options_.checks);
  std::map<std::string, std::string> in_file;
  if (file.ok() && revision.about.file_hash() == file_hash_) {
    for (admin::v1::Change& value : config::Values(file->config)) {
      in_file[value.path()] = std::move(*value.mutable_after());
    }
  }
  std::map<std::string, std::string> origins;
  for (const admin::v1::Change& value : config::Values(config)) {
    const auto same = in_file.find(value.path());
    const bool is_of_file = same != in_file.end() && same->second == value.after();
    origins[value.path()] =
        is_of_file ? file->origins.Of(value.path()) : MakerOf(value.path(), revision);
  }
  return origins;
}

absl::StatusOr<admin::v1::ConfigView> LiveConfig::View(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  absl::StatusOr<const StoredRevision*> found =
      Find(name.empty() ? absl::StrCat("revisions/", revision_) : name);
  if (!found.ok()) return found.status();
  absl::StatusOr<Composed> composed = Compose({(*found)->about.name(), (*found)->yaml});
  if (!composed.ok()) return composed.status();
  admin::v1::ConfigView view;
  *view.mutable_revision() = Described(**found);
  view.set_yaml((*found)->yaml);
  if (config::v1::Config shown = composed->base.config; config::RedactSecrets(shown)) {
    view.set_yaml(config::PrintConfig(shown));
  }
  *view.mutable_config() = composed->effective.config;
  config::RedactSecrets(*view.mutable_config());
  std::map<std::string, std::string> origins = OriginsOf(**found, composed->base.config);
  for (const admin::v1::Change& value : config::Values(composed->effective.config)) {
    admin::v1::Setting& setting = *view.add_settings();
    setting.set_path(value.path());
    setting.set_value(value.after());
    setting.set_apply(value.apply());
    setting.set_origin(composed->effective.origins.Of(value.path()));
    setting.set_pinned(setting.origin() != composed->base.origins.Of(value.path()));
    if (!setting.pinned()) setting.set_origin(origins[value.path()]);
  }
  return view;
}

std::vector<Revision> LiveConfig::Revisions() const {
  const std::lock_guard lock(mutex_);
  std::vector<Revision> revisions;
  for (auto at = store_.all().rbegin(); at != store_.all().rend(); ++at) {
    revisions.push_back(Described(at->second));
  }
  return revisions;
}

absl::StatusOr<admin::v1::DiffRevisionsResponse> LiveConfig::Diff(const std::string& from,
                                                                  const std::string& to) const {
  const std::lock_guard lock(mutex_);
  absl::StatusOr<const StoredRevision*> after =
      Find(to.empty() ? absl::StrCat("revisions/", revision_) : to);
  if (!after.ok()) return after.status();
  absl::StatusOr<const StoredRevision*> before =
      Find(from.empty() ? absl::StrCat("revisions/", (*after)->about.parent()) : from);
  if (!before.ok()) return before.status();
  absl::StatusOr<Composed> old_config = Compose({"from", (*before)->yaml});
  if (!old_config.ok()) return old_config.status();
  absl::StatusOr<Composed> new_config = Compose({"to", (*after)->yaml});
  if (!new_config.ok()) return new_config.status();
  admin::v1::DiffRevisionsResponse response;
  *response.mutable_from() = Described(**before);
  *response.mutable_to() = Described(**after);
  for (admin::v1::Change& change : config::Diff(old_config->base.config, new_config->base.config)) {
    *response.add_changes() = std::move(change);
  }
  return response;
}

}  // namespace troupe
