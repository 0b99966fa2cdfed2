// Revisions of the configuration, numbered without gaps and kept: in a folder, where one that was
// acknowledged is there again after any crash, or in memory only.
//
// A revision is one file, written whole under another name, synced and renamed. Not thread-safe;
// blocking.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "troupe/admin/v1/config.pb.h"

namespace troupe::config {

struct StoredRevision {
  admin::v1::Revision about;
  std::string yaml;  // the canonical form, without what environment and command line set
};

// Whether it may be in effect without waiting for a confirmation.
bool IsConfirmed(const admin::v1::Revision& about);

class RevisionStore {
 public:
  // An empty folder's name: in memory. UNAVAILABLE when the folder cannot be used, or another
  // process uses it.
  static absl::StatusOr<RevisionStore> Open(const std::string& folder);
  RevisionStore(RevisionStore&& other) noexcept;
  RevisionStore& operator=(RevisionStore&&) = delete;
  ~RevisionStore();

  // Gives the next number, and name and etag. UNAVAILABLE when it cannot be written; then nothing
  // has changed.
  absl::StatusOr<admin::v1::Revision> Append(StoredRevision revision);
  // What is said about one that is there.
  absl::Status Update(const admin::v1::Revision& about);

  // Empty: in memory.
  const std::string& folder() const { return folder_; }
  const std::map<int64_t, StoredRevision>& all() const { return revisions_; }
  const StoredRevision* Find(int64_t number) const;

  // The newest that may be restored: confirmed, and made on a file of that hash; nullptr when there
  // is none. `skip` counts off so many different contents, newest first.
  const StoredRevision* Restorable(const std::string& file_hash, int skip) const;

  // Counts starts in a row that did not last. Called once at start; the answer is how many there
  // were before this one.
  int NoteStart();
  void NoteLasting();

 private:
  RevisionStore(std::string folder, int lock) : folder_(std::move(folder)), lock_(lock) {}
  absl::Status Write(const StoredRevision& revision) const;
  void Read();

  const std::string folder_;
  int lock_ = -1;  // a descriptor
  std::map<int64_t, StoredRevision> revisions_;
};

// Stands for a content: equal texts have equal hashes. Not for secrets.
std::string ContentHash(const std::string& text);

}  // namespace troupe::config
