#include "admin/sockets.h"

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace troupe::admin {
namespace {

absl::Status Refuse(const std::string& path, std::string_view why, std::string_view what_to_do) {
  return absl::FailedPreconditionError(absl::StrCat("the admin socket ", path,
                                                    " cannot be opened: ", std::string(why), "; ",
                                                    std::string(what_to_do)));
}

bool SomebodyAnswers(const sockaddr_un& address) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const bool answers =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return answers;
}

}  // namespace

std::string DefaultFolder(const std::function<std::optional<std::string>(const char*)>& variable) {
  // systemd separates several by colons.
  if (auto folder = variable("RUNTIME_DIRECTORY"); folder && !folder->empty()) {
    return folder->substr(0, folder->find(':'));
  }
  if (auto folder = variable("XDG_RUNTIME_DIR"); folder && !folder->empty()) {
    return *folder + "/troupe";
  }
  return "/run/troupe";
}

absl::Status PrepareSocket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return Refuse(path, "the path is too long", "a Unix socket's has at most 107 bytes");
  }
  path.copy(address.sun_path, path.size());
  const std::string folder = std::filesystem::path(path).parent_path();
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return Refuse(path, absl::StrCat(folder, ": ", std::strerror(errno)),
                  "make the folder, or name another path in admin.socket");
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return Refuse(path, absl::StrCat(folder, ": ", std::strerror(errno)),
                  "allow this user to write there, or name another path in admin.socket");
  }
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return absl::OkStatus();
  if (!S_ISSOCK(info.st_mode)) {
    return Refuse(path, "something else is there", "name another path in admin.socket");
  }
  if (SomebodyAnswers(address)) {
    return Refuse(path, "another server is there",
                  "stop it, or name another path in admin.socket, or \"off\"");
  }
  unlink(path.c_str());
  return absl::OkStatus();
}

absl::Status Protect(const std::string& path, int mode, const std::string& group) {
  if (!group.empty()) {
    const struct group* found = getgrnam(group.c_str());
    if (found == nullptr) {
      return Refuse(path, absl::StrCat("there is no group ", group),
                    "name one that exists in admin.observer_group");
    }
    if (chown(path.c_str(), static_cast<uid_t>(-1), found->gr_gid) != 0) {
      return Refuse(path, std::strerror(errno),
                    "name a group in admin.observer_group that this user is a member of");
    }
  }
  if (chmod(path.c_str(), static_cast<mode_t>(mode)) != 0) {
    return Refuse(path, std::strerror(errno), "name another path");
  }
  return absl::OkStatus();
}

PrivateUmask::PrivateUmask() : before_(umask(0177)) {}
PrivateUmask::~PrivateUmask() { umask(before_); }

}  // namespace troupe::admin
