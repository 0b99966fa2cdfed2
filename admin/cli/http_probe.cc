#include "admin/cli/http_probe.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <regex>

#include "absl/time/clock.h"
#include "admin/cli/failure.h"
#include "runtime/config/text.h"

namespace troupe::admin::cli {
namespace {

using config::Concat;

constexpr size_t kStatusLineMax = 1024;

struct Url {
  std::string host;
  std::string port;
  std::string authority;  // as Host says it
  std::string path;
};

Url ParseUrl(const std::string& url) {
  static const std::regex kPattern(
      R"(http://(\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(\d{1,5}))?(/[!-~]*)?)");
  std::smatch parts;
  if (!std::regex_match(url, parts, kPattern)) {
    throw Failure(ExitCode::kUsage,
                  Concat(config::Quoted(url), " cannot be asked for; write http://HOST:PORT/PATH"));
  }
  std::string host = parts[1];
  const std::string port = parts[2].matched ? std::string(parts[2]) : "80";
  const std::string authority = parts[2].matched ? host + ":" + port : host;
  if (host.front() == '[') host = host.substr(1, host.size() - 2);
  return {host, port, authority, parts[3].matched ? std::string(parts[3]) : "/"};
}

// A socket that does not block, with a deadline for all that is done with it.
class Socket {
 public:
  Socket(const addrinfo& address, absl::Time deadline) : deadline_(deadline) {
    fd_ = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ >= 0 && connect(fd_, address.ai_addr, address.ai_addrlen) == 0) return;
    error_ = errno;
    if (fd_ >= 0 && error_ == EINPROGRESS) {
      Await(POLLOUT);
      socklen_t size = sizeof(error_);
      getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error_, &size);
    }
  }
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Why it is not connected; 0 when it is.
  int error() const { return error_; }

  void Send(std::string_view text) {
    while (!text.empty()) {
      Await(POLLOUT);
      const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN) return;  // what was answered before may say why
      if (sent > 0) text.remove_prefix(static_cast<size_t>(sent));
    }
  }

  // Up to the first line end, the end of the connection or the limit.
  std::string ReadLine() {
    std::string line;
    while (line.find('\n') == std::string::npos && line.size() < kStatusLineMax) {
      Await(POLLIN);
      char buffer[kStatusLineMax];
      const ssize_t count = recv(fd_, buffer, sizeof(buffer), 0);
      if (count < 0 && errno == EAGAIN) continue;
      if (count <= 0) break;
      line.append(buffer, static_cast<size_t>(count));
    }
    return std::string(config::Strip(line.substr(0, line.find('\n'))));
  }

 private:
  void Await(short events) {
    pollfd waiting = {fd_, events, 0};
    const auto left = absl::ToInt64Milliseconds(deadline_ - absl::Now());
    if (left <= 0 || poll(&waiting, 1, static_cast<int>(std::min<int64_t>(left, INT32_MAX))) == 0) {
      throw Failure(ExitCode::kTimeout, "no answer in time; a longer --timeout waits longer");
    }
  }

  int fd_ = -1;
  int error_ = 0;
  absl::Time deadline_;
};

// A connection to the first address of the host that takes one.
std::unique_ptr<Socket> Connect(const Url& url, absl::Time deadline) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found);
  std::string reason = failed == 0 ? "" : gai_strerror(failed);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    auto socket = std::make_unique<Socket>(*address, deadline);
    if (socket->error() == 0) return socket;
    reason = std::strerror(socket->error());
  }
  throw Failure(ExitCode::kUnreachable,
                Concat("nothing answers at ", url.authority, " (", reason, ")"));
}

}  // namespace

ProbeAnswer Probe(const std::string& url_text, absl::Duration timeout) {
  const Url url = ParseUrl(url_text);
  const std::unique_ptr<Socket> socket = Connect(url, absl::Now() + timeout);
  socket->Send(Concat("GET ", url.path, " HTTP/1.1\r\nHost: ", url.authority,
                      "\r\nConnection: close\r\nUser-Agent: troupectl\r\n\r\n"));
  ProbeAnswer answer;
  answer.status_line = socket->ReadLine();
  static const std::regex kStatusLine(R"(HTTP/1\.[01] ([1-5]\d\d)( .*)?)");
  std::smatch parts;
  if (!std::regex_match(answer.status_line, parts, kStatusLine)) {
    throw Failure(ExitCode::kRefused,
                  Concat("what answers at ", url.authority, " does not speak HTTP/1.1"));
  }
  answer.status = std::stoi(parts[1]);
  return answer;
}

}  // namespace troupe::admin::cli
