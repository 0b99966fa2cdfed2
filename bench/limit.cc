// The limit of the machine: one thread, one epoll loop, no parsing. Each "\r\n\r\n" that arrives is
// answered with the same constant, all answers of one read with one send. What a real server costs
// beyond this is what it adds to the kernel's TCP.
//
//   bench_limit PORT [--close]
//
// --close ends each connection after its first answer, for clients that wait for that. Listens on
// 127.0.0.1 only.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr size_t kAnswersAtOnce = 1024;

struct Connection {
  size_t matched = 0;  // of kEndOfHead, at the end of the last read
  size_t owed = 0;     // bytes of answers not yet sent
  bool waits = false;  // for EPOLLOUT
};

class Limit {
 public:
  Limit(int listener, bool close) : listener_(listener), close_(close) {
    for (size_t i = 0; i < kAnswersAtOnce; ++i) answers_ += kAnswer;
    Watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  [[noreturn]] void Run() {
    std::array<epoll_event, 512> events;
    while (true) {
      const int ready = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < ready; ++i) {
        const int fd = events[i].data.fd;
        if (fd == listener_) {
          Accept();
        } else {
          Serve(fd, events[i].events);
        }
      }
    }
  }

 private:
  void Watch(int operation, int fd, uint32_t what) {
    epoll_event event{};
    event.events = what;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  void Accept() {
    for (int fd; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (static_cast<size_t>(fd) >= connections_.size()) connections_.resize(fd + 1);
      connections_[fd] = {};
      Watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
  }

  void Serve(int fd, uint32_t what) {
    Connection& connection = connections_[fd];
    if (what & EPOLLIN) {
      const ssize_t read = recv(fd, input_.data(), input_.size(), 0);
      if (read == 0 || (read < 0 && errno != EAGAIN)) {
        close(fd);
        return;
      }
      if (read > 0)
        connection.owed +=
            CountHeads(connection, {input_.data(), static_cast<size_t>(read)}) * kAnswer.size();
    }
    Send(fd, connection);
    if (close_ && what & EPOLLIN && connection.owed == 0) close(fd);
  }

  static size_t CountHeads(Connection& connection, std::string_view data) {
    size_t heads = 0;
    for (size_t i = 0; i < data.size(); ++i) {
      if (connection.matched == 0) {
        i = data.find('\r', i);
        if (i == std::string_view::npos) break;
      }
      if (data[i] != kEndOfHead[connection.matched]) {
        connection.matched = data[i] == '\r' ? 1 : 0;
      } else if (++connection.matched == kEndOfHead.size()) {
        connection.matched = 0;
        ++heads;
      }
    }
    return heads;
  }

  // All answers are equal, so what is owed tells where in one of them to go on.
  void Send(int fd, Connection& connection) {
    while (connection.owed > 0) {
      const size_t offset = (kAnswer.size() - connection.owed % kAnswer.size()) % kAnswer.size();
      const size_t size = std::min(connection.owed, answers_.size() - offset);
      const ssize_t sent = send(fd, answers_.data() + offset, size, MSG_NOSIGNAL);
      if (sent < 0) break;
      connection.owed -= sent;
    }
    const bool waits = connection.owed > 0;
    if (waits != connection.waits) Watch(EPOLL_CTL_MOD, fd, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
    connection.waits = waits;
  }

  const int epoll_ = epoll_create1(0);
  const int listener_;
  const bool close_;
  std::string answers_;
  std::array<char, 65536> input_;
  std::vector<Connection> connections_;
};

int Listen(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(fd, 4096) != 0) {
    std::fprintf(stderr, "Cannot listen on 127.0.0.1:%d: %s. Choose another port.\n", port,
                 std::strerror(errno));
    std::exit(2);
  }
  return fd;
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  const int port = argc > 1 ? std::atoi(argv[1]) : 0;
  if (port < 1 || port > 65535) {
    std::fprintf(stderr, "Usage: bench_limit PORT [--close]\n");
    return 2;
  }
  RaiseDescriptorLimit();
  const bool close = argc > 2 && std::string_view(argv[2]) == "--close";
  Limit(Listen(static_cast<uint16_t>(port)), close).Run();
}
