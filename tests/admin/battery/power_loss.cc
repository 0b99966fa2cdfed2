// Preloaded into a server: keeps, beside its state, what a loss of power would leave of it, and
// kills the process at a chosen sync.
//
//   POWER_LOSS_ROOT   what is below it is kept
//   POWER_LOSS_KEPT   where: file-INODE, the content of a file when it was last synced;
//                     folder-INODE, the entries "INODE NAME" of a folder when it was
//   POWER_LOSS_AT     the sync, counted from 1, before which the process ends; 0: it does not
//   POWER_LOSS_AFTER  "1": after that sync
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

namespace fs = std::filesystem;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

ino_t InodeOf(const fs::path& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

void Keep(const fs::path& path) {
  const fs::path kept = Variable("POWER_LOSS_KEPT");
  const std::string inode = std::to_string(InodeOf(path));
  if (!fs::is_directory(path)) {
    fs::copy_file(path, kept / ("file-" + inode), fs::copy_options::overwrite_existing);
    return;
  }
  std::ofstream entries(kept / ("folder-" + inode));
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    entries << InodeOf(entry.path()) << ' ' << entry.path().filename().string() << '\n';
  }
}

}  // namespace

extern "C" int fsync(int fd) {
  static auto* const next = reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "fsync"));
  static int count = 0;
  const fs::path path = fs::read_symlink("/proc/self/fd/" + std::to_string(fd));
  if (path.string().rfind(Variable("POWER_LOSS_ROOT"), 0) != 0) return next(fd);
  const bool last = std::to_string(++count) == Variable("POWER_LOSS_AT");
  const bool after = Variable("POWER_LOSS_AFTER") == "1";
  if (last && !after) raise(SIGKILL);
  const int result = next(fd);
  if (result == 0) Keep(path);
  if (last) raise(SIGKILL);
  return result;
}
