// The configuration while the server runs: what is in effect, its history, and the one way to
// change it. A change is validated like the file, refused by name where it cannot take effect,
// kept, and put into effect on all reactors; or nothing happens at all.
//
// Any thread; changes are made one after another. A thread of its own reverts what was not
// confirmed and answers SIGHUP.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/config/load.h"
#include "runtime/config/revision_store.h"
#include "troupe/admin/v1/config.pb.h"

namespace troupe {

class LiveConfig {
 public:
  struct Options {
    config::Source source;
    std::string default_yaml;
    config::Checks checks;
  };

  // Checks a configuration for what only the server knows and answers how to put it into effect;
  // that cannot fail any more but for a reactor that is late (DEADLINE_EXCEEDED).
  using Commit = std::function<absl::Status()>;
  using Prepare =
      std::function<absl::StatusOr<Commit>(const config::v1::Config&, int64_t revision)>;

  // What a start is to use: the file, or the revision made since. INVALID_ARGUMENT as config::Load.
  static absl::StatusOr<std::unique_ptr<LiveConfig>> Open(Options options);
  ~LiveConfig();
  LiveConfig(const LiveConfig&) = delete;
  LiveConfig& operator=(const LiveConfig&) = delete;

  // In effect; complete.
  config::Loaded loaded() const;
  int64_t revision() const;
  std::string etag() const;  // of the revision in effect
  // Where the server keeps its state; empty: nowhere.
  const std::string& state_folder() const { return store_.folder(); }

  // Called on this class's thread when it is time for Reload() or Revert(), which they are to call.
  struct Hooks {
    std::function<void()> reload;
    std::function<void()> revert;
  };
  // From here on changes can be made. All must stay valid until Stop, which waits for what goes on.
  void Start(Prepare prepare, Hooks hooks);
  void Stop();

  struct Author {
    std::string name;
    bool may_name_files = false;  // under admin.allowed_paths
  };
  // See proto/troupe/admin/v1/config.proto for what is refused and how.
  absl::StatusOr<admin::v1::ApplyConfigResponse> Apply(
      const admin::v1::ApplyConfigRequest& request, const Author& author,
      admin::v1::Revision::Source source = admin::v1::Revision::APPLY);
  absl::StatusOr<admin::v1::ApplyConfigResponse> Rollback(
      const admin::v1::RollbackConfigRequest& request, const Author& author);
  absl::StatusOr<admin::v1::Revision> Confirm(const std::string& name);
  // Applies the file as it is now.
  absl::StatusOr<admin::v1::ApplyConfigResponse> Reload();
  // Asks for that on this class's thread; from any thread, never waits.
  void RequestReload();
  // Goes back from a revision that nobody has confirmed in time. FAILED_PRECONDITION when there is
  // none.
  absl::StatusOr<admin::v1::ApplyConfigResponse> Revert();

  absl::StatusOr<admin::v1::ConfigView> View(const std::string& name) const;
  // Newest first.
  std::vector<admin::v1::Revision> Revisions() const;
  absl::StatusOr<admin::v1::DiffRevisionsResponse> Diff(const std::string& from,
                                                        const std::string& to) const;

 private:
  // A configuration by what stands in its file, and what environment and command line make of it.
  struct Composed {
    config::Loaded base;
    config::Loaded effective;
    std::string yaml;  // of the base, canonical
  };
  struct Change {
    Composed composed;
    admin::v1::Revision about;  // author, reason, source
    std::string etag = {};
    bool validate_only = false;
    absl::Duration confirm_within = absl::ZeroDuration();
    bool may_name_files = false;
    bool takes_back = false;  // to what was in effect, whatever files it names
  };

  LiveConfig(Options options, config::Inputs inputs, config::RevisionStore store);

  absl::Status Begin();
  bool Restore(int failed_starts);
  // Redacted secrets of `file` stand for those of `known`.
  absl::StatusOr<Composed> Compose(const config::NamedText& file,
                                   const config::v1::Config* known = nullptr) const;
  absl::StatusOr<Composed> Candidate(const admin::v1::ApplyConfigRequest& request) const;
  absl::StatusOr<admin::v1::ApplyConfigResponse> Put(Change change);
  std::vector<admin::v1::Change> Judge(const Change& change) const;
  std::string WhatItKeeps(const Change& change) const;
  std::string WhyRefused(const Change& change, const admin::v1::Change& field) const;
  absl::Status Keep(Change& change, admin::v1::ApplyConfigResponse& response);
  absl::StatusOr<const config::StoredRevision*> Find(const std::string& name) const;
  // What there is to see (live_config_view.cc).
  admin::v1::Revision Described(const config::StoredRevision& revision) const;
  std::string MakerOf(const std::string& path, const config::StoredRevision& revision) const;
  std::map<std::string, std::string> OriginsOf(const config::StoredRevision& revision,
                                               const config::v1::Config& config) const;

  const config::StoredRevision& LastConfirmed(int64_t number) const;
  absl::StatusOr<admin::v1::ApplyConfigResponse> GoBackTo(const config::StoredRevision& parent,
                                                          std::string reason);
  void Loop();

  const Options options_;
  mutable std::mutex mutex_;  // over all that follows
  config::Inputs inputs_;
  config::RevisionStore store_;
  Composed current_;
  int64_t revision_ = 0;
  std::string file_hash_;
  Prepare prepare_;
  Hooks hooks_;
  absl::Time revert_at_ = absl::InfiniteFuture();
  absl::Time lasting_at_ = absl::InfiniteFuture();
  bool reload_asked_ = false;
  bool stopping_ = false;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace troupe
