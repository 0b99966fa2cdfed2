#include "tests/server/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace troupe {
namespace {

constexpr std::chrono::milliseconds kPatience{20'000};
constexpr std::chrono::milliseconds kStuck{200};

struct Target {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Target TargetOf(const std::string& address) {
  Target target;
  if (absl::StartsWith(address, "unix:")) {
    auto& name = reinterpret_cast<sockaddr_un&>(target.storage);
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, address.c_str() + 5, sizeof(name.sun_path) - 1);
    target.size = sizeof(name);
    return target;
  }
  const size_t colon = address.rfind(':');
  const auto port = static_cast<uint16_t>(std::stoi(address.substr(colon + 1)));
  if (address.front() == '[') {
    auto& inet = reinterpret_cast<sockaddr_in6&>(target.storage);
    inet.sin6_family = AF_INET6;
    inet.sin6_port = htons(port);
    inet_pton(AF_INET6, address.substr(1, colon - 2).c_str(), &inet.sin6_addr);
    target.size = sizeof(inet);
  } else {
    auto& inet = reinterpret_cast<sockaddr_in&>(target.storage);
    inet.sin_family = AF_INET;
    inet.sin_port = htons(port);
    inet_pton(AF_INET, address.substr(0, colon).c_str(), &inet.sin_addr);
    target.size = sizeof(inet);
  }
  return target;
}

}  // namespace

std::string Answer::Field(std::string_view name) const {
  for (absl::string_view line : absl::StrSplit(head, "\r\n")) {
    const size_t colon = line.find(':');
    if (colon == absl::string_view::npos) continue;
    if (!absl::EqualsIgnoreCase(line.substr(0, colon), {name.data(), name.size()})) continue;
    return std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return "";
}

Client::Client(std::string address)
    : address_(std::move(address)),
      fd_(socket(TargetOf(address_).storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}

Client::Client(Client&& other) noexcept
    : address_(std::move(other.address_)),
      fd_(std::exchange(other.fd_, -1)),
      end_(other.end_),
      received_(std::move(other.received_)) {}

Client& Client::operator=(Client&& other) noexcept {
  std::swap(address_, other.address_);
  std::swap(fd_, other.fd_);
  std::swap(end_, other.end_);
  std::swap(received_, other.received_);
  return *this;
}

void Client::SetReceiveBuffer(int bytes) {
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

bool Client::Connect() {
  const Target target = TargetOf(address_);
  if (target.storage.ss_family != AF_UNIX) {
    const int at_once = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
  }
  return connect(fd_, reinterpret_cast<const sockaddr*>(&target.storage), target.size) == 0;
}

bool Client::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

size_t Client::SendUntilStuck(std::string_view bytes, size_t limit) {
  size_t total = 0;
  size_t at = 0;
  while (total < limit) {
    const ssize_t sent =
        send(fd_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      total += static_cast<size_t>(sent);
      at = (at + static_cast<size_t>(sent)) % bytes.size();
      continue;
    }
    pollfd writable{fd_, POLLOUT, 0};
    if (errno != EAGAIN || poll(&writable, 1, static_cast<int>(kStuck.count())) == 0) break;
  }
  return total;
}

Answer Client::Read(bool head_only) {
  size_t head_end;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Receive()) return {};
  }
  Answer answer;
  answer.head = received_.substr(0, head_end + 4);
  received_.erase(0, head_end + 4);
  answer.status = std::atoi(answer.head.c_str() + std::strlen("HTTP/1.1 "));
  size_t size = 0;
  const bool bodiless =
      head_only || answer.status < 200 || answer.status == 204 || answer.status == 304;
  if (!bodiless && !absl::SimpleAtoi(answer.Field("Content-Length"), &size)) return {};
  while (received_.size() < size) {
    if (!Receive()) return {};
  }
  answer.body = received_.substr(0, size);
  received_.erase(0, size);
  return answer;
}

Answer Client::Get(std::string_view target) { return Ask(GetRequest(target)); }

bool Client::Readable(std::chrono::milliseconds patience) {
  pollfd readable{fd_, POLLIN, 0};
  return !received_.empty() || poll(&readable, 1, static_cast<int>(patience.count())) > 0;
}

Client::End Client::WaitForEnd() {
  do {
    received_.clear();
  } while (Receive());
  return end_;
}

void Client::HalfClose() { shutdown(fd_, SHUT_WR); }

void Client::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

void Client::Reset() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  Close();
}

// False when nothing came, or nothing will come any more: then end_ says which.
bool Client::Receive() {
  pollfd readable{fd_, POLLIN, 0};
  if (poll(&readable, 1, static_cast<int>(kPatience.count())) <= 0) return false;
  char bytes[65536];
  const ssize_t got = recv(fd_, bytes, sizeof(bytes), 0);
  if (got <= 0) {
    end_ = got == 0 ? End::kClosed : End::kReset;
    return false;
  }
  received_.append(bytes, static_cast<size_t>(got));
  return true;
}

std::string GetRequest(std::string_view target, std::string_view fields) {
  std::string request("GET ");
  request.append(target).append(" HTTP/1.1\r\nHost: h\r\n").append(fields).append("\r\n");
  return request;
}

std::string PostRequest(std::string_view target, std::string_view body, std::string_view fields) {
  std::string request("POST ");
  request.append(target).append(" HTTP/1.1\r\nHost: h\r\nContent-Length: ");
  request.append(std::to_string(body.size())).append("\r\n");
  request.append(fields).append("\r\n").append(body);
  return request;
}

}  // namespace troupe
