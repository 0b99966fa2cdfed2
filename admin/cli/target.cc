#include "admin/cli/target.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "admin/cli/failure.h"
#include "runtime/config/text.h"

namespace troupe::admin::cli {
namespace {

using config::Concat;

constexpr char kUnix[] = "unix:";
constexpr char kObserverPort[] = "127.0.0.1:9901";

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool TakesConnections(std::string_view path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const bool connected =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return connected;
}

}  // namespace

void CheckTarget(const std::string& target) {
  std::string_view path = target;
  if (config::ConsumePrefix(path, kUnix)) {
    if (!path.empty() && path.front() == '/') return;
  } else if (const size_t colon = target.rfind(':'); colon != std::string::npos && colon > 0) {
    const std::string port = target.substr(colon + 1);
    if (!port.empty() && port.find_first_not_of("0123456789") == std::string::npos) return;
  }
  throw Failure(ExitCode::kUsage,
                Concat("the target ", config::Quoted(target),
                       " is neither unix:PATH with an absolute path nor HOST:PORT; try "
                       "--target unix:/run/troupe/admin.sock or --target ",
                       kObserverPort));
}

std::vector<std::string> DefaultTargets() {
  if (const std::string named = Environment("TROUPE_TARGET"); !named.empty()) return {named};
  std::vector<std::string> folders;
  const std::string runtime_directories = Environment("RUNTIME_DIRECTORY");  // systemd's list
  for (std::string_view folder : config::Split(runtime_directories, ':')) {
    if (!folder.empty()) folders.emplace_back(folder);
  }
  const std::string user_runtime = Environment("XDG_RUNTIME_DIR");
  if (!user_runtime.empty()) folders.push_back(user_runtime + "/troupe");
  folders.emplace_back("/run/troupe");

  std::vector<std::string> targets;
  for (const std::string& folder : folders) {
    targets.push_back(Concat(kUnix, folder, "/admin.sock"));
    targets.push_back(Concat(kUnix, folder, "/observer.sock"));
  }
  targets.emplace_back(kObserverPort);
  return targets;
}

std::string FindTarget() {
  const std::vector<std::string> targets = DefaultTargets();
  for (const std::string& target : targets) {
    std::string_view path = target;
    if (!config::ConsumePrefix(path, kUnix) || TakesConnections(path)) return target;
  }
  return targets.back();
}

}  // namespace troupe::admin::cli
