#include "runtime/actors/listen_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "runtime/config/listen_address.h"

namespace troupe {
namespace {

namespace v1 = config::v1;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  int family = AF_UNSPEC;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress ToSocketAddress(const config::ListenAddress& address) {
  SocketAddress result;
  if (address.is_unix) {
    auto& target = reinterpret_cast<sockaddr_un&>(result.storage);
    target.sun_family = AF_UNIX;
    std::strncpy(target.sun_path, address.path.c_str(), sizeof(target.sun_path) - 1);
    result.size = sizeof(target);
  } else if (address.ip.is_v4()) {
    auto& target = reinterpret_cast<sockaddr_in&>(result.storage);
    target.sin_family = AF_INET;
    target.sin_port = htons(address.port);
    std::memcpy(&target.sin_addr, address.ip.bytes().data() + 12, 4);
    result.size = sizeof(target);
  } else {
    auto& target = reinterpret_cast<sockaddr_in6&>(result.storage);
    target.sin6_family = AF_INET6;
    target.sin6_port = htons(address.port);
    std::memcpy(&target.sin6_addr, address.ip.bytes().data(), 16);
    result.size = sizeof(target);
  }
  result.family = result.storage.ss_family;
  return result;
}

absl::Status BindError(const std::string& address, int error) {
  std::string what;
  switch (error) {
    case EADDRINUSE:
      what = "is in use by another process; stop that one, or choose another address";
      break;
    case EACCES:
    case EPERM:
      what =
          "may not be bound by this user; choose a port above 1023, or give the right with "
          "`setcap cap_net_bind_service=+ep` or AmbientCapabilities=CAP_NET_BIND_SERVICE";
      break;
    case EADDRNOTAVAIL:
      what = "is no address of this machine; use one that `ip address` lists, or 0.0.0.0 for all";
      break;
    case EMFILE:
    case ENFILE:
      what = "cannot be opened: out of descriptors; raise `ulimit -n`";
      break;
    default:
      what = absl::StrCat("cannot be bound: ", std::strerror(error));
  }
  return absl::FailedPreconditionError(absl::StrCat("address ", address, " ", what));
}

void SetInt(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

// Accepted sockets inherit these, which saves a system call for each connection.
void ApplyOptions(int fd, const v1::Listener& listener, int family) {
  if (listener.receive_buffer_bytes() > 0) {
    SetInt(fd, SOL_SOCKET, SO_RCVBUF, static_cast<int>(listener.receive_buffer_bytes()));
  }
  if (listener.send_buffer_bytes() > 0) {
    SetInt(fd, SOL_SOCKET, SO_SNDBUF, static_cast<int>(listener.send_buffer_bytes()));
  }
  if (family == AF_UNIX) return;
  if (listener.tcp_nodelay()) SetInt(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (listener.so_keepalive()) SetInt(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  if (listener.deferred_accept()) SetInt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
}

int OpenSocket(int family) { return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

// Without SO_REUSEPORT the kernel refuses an address that anybody listens on; with it a second
// server would silently take half of the connections.
absl::Status Probe(const std::string& name, const SocketAddress& address) {
  int fd = OpenSocket(address.family);
  if (fd < 0) return BindError(name, errno);
  SetInt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (address.family == AF_INET6) SetInt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  int result = bind(fd, address.get(), address.size);
  if (result == 0) result = listen(fd, 1);
  int error = errno;
  close(fd);
  return result == 0 ? absl::OkStatus() : BindError(name, error);
}

absl::StatusOr<int> BindInet(const std::string& name, const v1::Listener& listener,
                             const SocketAddress& address) {
  int fd = OpenSocket(address.family);
  if (fd < 0) return BindError(name, errno);
  SetInt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  SetInt(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (address.family == AF_INET6) SetInt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  ApplyOptions(fd, listener, address.family);
  if (bind(fd, address.get(), address.size) != 0 ||
      listen(fd, static_cast<int>(listener.backlog())) != 0) {
    absl::Status status = BindError(name, errno);
    close(fd);
    return status;
  }
  return fd;
}

// The port is 0 when the kernel is to choose one; the first socket then decides for the others.
void TakePort(int fd, SocketAddress& address) {
  socklen_t size = sizeof(address.storage);
  getsockname(fd, address.get(), &size);
}

std::string NameOf(const SocketAddress& address) {
  char text[INET6_ADDRSTRLEN];
  if (address.family == AF_INET) {
    const auto& inet = reinterpret_cast<const sockaddr_in&>(address.storage);
    inet_ntop(AF_INET, &inet.sin_addr, text, sizeof(text));
    return absl::StrCat(text, ":", ntohs(inet.sin_port));
  }
  const auto& inet = reinterpret_cast<const sockaddr_in6&>(address.storage);
  inet_ntop(AF_INET6, &inet.sin6_addr, text, sizeof(text));
  return absl::StrCat("[", text, "]:", ntohs(inet.sin6_port));
}

// A socket file that nobody listens on any more is left over from a server that was killed.
absl::Status RemoveStale(const std::string& name, const std::string& path,
                         const SocketAddress& address) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return absl::OkStatus();
  if (!S_ISSOCK(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("address ", name, " names a file that is no socket; choose another path"));
  }
  int fd = OpenSocket(AF_UNIX);
  // A server that is busy (EAGAIN) or another user's (EACCES) is alive too.
  bool alive = fd < 0 || connect(fd, address.get(), address.size) == 0 || errno != ECONNREFUSED;
  if (fd >= 0) close(fd);
  if (alive) return BindError(name, EADDRINUSE);
  unlink(path.c_str());
  return absl::OkStatus();
}

absl::StatusOr<BoundListener> BindUnix(const v1::Listener& listener,
                                       const config::ListenAddress& parsed, int reactors) {
  SocketAddress address = ToSocketAddress(parsed);
  if (absl::Status status = RemoveStale(listener.address(), parsed.path, address); !status.ok())
    return status;
  int fd = OpenSocket(AF_UNIX);
  if (fd < 0) return BindError(listener.address(), errno);
  ApplyOptions(fd, listener, AF_UNIX);
  if (bind(fd, address.get(), address.size) != 0 ||
      chmod(parsed.path.c_str(),
            static_cast<mode_t>(std::stoul(listener.unix_mode(), nullptr, 8))) != 0 ||
      listen(fd, static_cast<int>(listener.backlog())) != 0) {
    absl::Status status = BindError(listener.address(), errno);
    close(fd);
    return status;
  }
  BoundListener bound(listener.address());
  bound.fds.push_back(fd);
  bound.unlink_path = parsed.path;
  // One socket for all reactors: there is no SO_REUSEPORT for Unix sockets.
  for (int i = 1; i < reactors; ++i) bound.fds.push_back(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  return bound;
}

}  // namespace

BoundListener::~BoundListener() {
  for (int fd : fds) close(fd);
  if (!unlink_path.empty()) unlink(unlink_path.c_str());
}

absl::StatusOr<BoundListener> BindListener(const v1::Listener& listener, int reactors) {
  absl::StatusOr<config::ListenAddress> parsed = config::ParseListenAddress(listener.address());
  if (!parsed.ok()) return parsed.status();
  if (parsed->is_unix) return BindUnix(listener, *parsed, reactors);
  SocketAddress address = ToSocketAddress(*parsed);
  if (absl::Status status = Probe(listener.address(), address); !status.ok()) return status;
  BoundListener bound(listener.address());
  for (int i = 0; i < reactors; ++i) {
    absl::StatusOr<int> fd = BindInet(listener.address(), listener, address);
    if (!fd.ok()) return fd.status();
    if (i == 0) TakePort(*fd, address);
    bound.fds.push_back(*fd);
  }
  bound.address = NameOf(address);
  return bound;
}

}  // namespace troupe
