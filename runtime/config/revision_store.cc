#include "runtime/config/revision_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "runtime/config/durable_file.h"
#include "runtime/config/text.h"

namespace troupe::config {
namespace {

namespace fs = std::filesystem;
using admin::v1::Revision;

constexpr char kSuffix[] = ".yaml";
constexpr char kStarts[] = "starts";

std::string FileName(int64_t number) { return absl::StrCat("revision-", number, kSuffix); }

// A line of JSON about it, as a comment of the YAML that follows.
std::string Encode(const StoredRevision& revision) {
  std::string about;
  (void)google::protobuf::util::MessageToJsonString(revision.about, &about);  // known type
  return Concat("# ", about, "\n", revision.yaml);
}

std::optional<StoredRevision> Decode(std::string_view text) {
  auto parts = SplitOnce(text, '\n');
  if (!parts || !ConsumePrefix(parts->first, "# ")) return std::nullopt;
  StoredRevision revision;
  const google::protobuf::StringPiece about(parts->first.data(), parts->first.size());
  if (!google::protobuf::util::JsonStringToMessage(about, &revision.about).ok()) {
    return std::nullopt;
  }
  revision.yaml = std::string(parts->second);
  if (revision.about.etag() != ContentHash(revision.yaml)) return std::nullopt;  // damaged
  return revision;
}

std::string ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::string ContentHash(const std::string& text) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, the same in every build
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return absl::StrCat(absl::Hex(hash, absl::kZeroPad16));
}

bool IsConfirmed(const Revision& about) {
  return about.state() != Revision::UNCONFIRMED && about.state() != Revision::REVERTED;
}

absl::StatusOr<RevisionStore> RevisionStore::Open(const std::string& folder) {
  if (folder.empty()) return RevisionStore("", -1);
  auto refuse = [&](std::string_view why) {
    return absl::UnavailableError(Concat("state_dir ", folder, " cannot be used: ", why,
                                         "; name another folder, or \"off\""));
  };
  if (absl::Status status = MakeFolderDurably(folder); !status.ok()) {
    return refuse(MessageOf(status));
  }
  const int lock = open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return refuse(std::strerror(errno));
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    close(lock);
    return refuse("another server uses it");
  }
  RevisionStore store(folder, lock);
  store.Read();
  return store;
}

RevisionStore::RevisionStore(RevisionStore&& other) noexcept
    : folder_(other.folder_),
      lock_(std::exchange(other.lock_, -1)),
      revisions_(std::move(other.revisions_)) {}

RevisionStore::~RevisionStore() {
  if (lock_ >= 0) close(lock_);
}

void RevisionStore::Read() {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension() != kSuffix) continue;
    std::optional<StoredRevision> revision = Decode(ReadWhole(entry.path()));
    if (!revision) continue;
    const int64_t number = revision->about.number();
    revisions_.emplace(number, *std::move(revision));
  }
}

absl::Status RevisionStore::Write(const StoredRevision& revision) const {
  if (folder_.empty()) return absl::OkStatus();
  return WriteDurably(folder_, FileName(revision.about.number()), Encode(revision));
}

absl::StatusOr<Revision> RevisionStore::Append(StoredRevision revision) {
  const int64_t number = revisions_.empty() ? 1 : revisions_.rbegin()->first + 1;
  revision.about.set_number(number);
  revision.about.set_name(absl::StrCat("revisions/", number));
  revision.about.set_etag(ContentHash(revision.yaml));
  if (absl::Status status = Write(revision); !status.ok()) {
    // It may be there, though nobody knows for how long; at the next start it must not be.
    if (!folder_.empty()) unlink((fs::path(folder_) / FileName(number)).c_str());
    return status;
  }
  return revisions_.emplace(number, std::move(revision)).first->second.about;
}

absl::Status RevisionStore::Update(const Revision& about) {
  StoredRevision changed{about, revisions_.at(about.number()).yaml};
  if (absl::Status status = Write(changed); !status.ok()) return status;
  revisions_.at(about.number()) = std::move(changed);
  return absl::OkStatus();
}

const StoredRevision* RevisionStore::Find(int64_t number) const {
  auto at = revisions_.find(number);
  return at == revisions_.end() ? nullptr : &at->second;
}

const StoredRevision* RevisionStore::Restorable(const std::string& file_hash, int skip) const {
  std::string last;
  for (auto at = revisions_.rbegin(); at != revisions_.rend(); ++at) {
    const Revision& about = at->second.about;
    if (!IsConfirmed(about) || about.file_hash() != file_hash || about.etag() == last) continue;
    last = about.etag();
    if (skip-- == 0) return &at->second;
  }
  return nullptr;
}

int RevisionStore::NoteStart() {
  if (folder_.empty()) return 0;
  int before = 0;
  if (!absl::SimpleAtoi(ReadWhole(fs::path(folder_) / kStarts), &before)) before = 0;
  WriteDurably(folder_, kStarts, absl::StrCat(before + 1)).IgnoreError();
  return before;
}

void RevisionStore::NoteLasting() {
  if (!folder_.empty()) WriteDurably(folder_, kStarts, "0").IgnoreError();
}

}  // namespace troupe::config
