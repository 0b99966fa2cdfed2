#include "runtime/config/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runtime/config/text.h"

namespace troupe::config {
namespace {

absl::Status Failed(const std::string& folder) {
  return absl::UnavailableError(Concat("state_dir ", folder, " cannot be written (",
                                       std::strerror(errno),
                                       "); make room or allow this user to write there"));
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(fd) == 0;
}

bool SyncFolder(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = fsync(fd) == 0;
  close(fd);
  return synced;
}

}  // namespace

absl::Status WriteDurably(const std::string& folder, const std::string& name,
                          std::string_view text) {
  const std::string path = folder + "/" + name;
  const std::string draft = path + ".new";
  const int fd = open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Failed(folder);
  bool written = WriteAll(fd, text);
  const int error = errno;
  written = close(fd) == 0 && written;
  errno = written ? 0 : error;
  if (!written || rename(draft.c_str(), path.c_str()) != 0 || !SyncFolder(folder)) {
    absl::Status status = Failed(folder);
    unlink(draft.c_str());
    return status;
  }
  return absl::OkStatus();
}

absl::Status MakeFolderDurably(const std::string& folder) {
  const bool made = mkdir(folder.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return absl::UnavailableError(std::strerror(errno));
  // Where it was there, who made it may have ended before this; or somebody else did, above whom
  // nothing may be read.
  if (!SyncFolder(folder + "/..") && made) return absl::UnavailableError(std::strerror(errno));
  return absl::OkStatus();
}

}  // namespace troupe::config
