#include "runtime/actors/listener.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "absl/strings/str_cat.h"
#include "runtime/actors/connection.h"

namespace troupe {
namespace {

constexpr Nanos kPause = 100 * kNanosPerMilli;

std::optional<http::IpAddress> PeerOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    http::IpAddress::V4Bytes bytes;
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(address).sin_addr,
                bytes.size());
    return http::IpAddress(bytes);
  }
  if (address.ss_family == AF_INET6) {
    http::IpAddress::V6Bytes bytes;
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr,
                bytes.size());
    return http::IpAddress(bytes);
  }
  return std::nullopt;
}

}  // namespace

Listener::Listener(caf::actor_config& config, Front& front, Options options, int fd)
    : LeanActor(config, front.reactor()),
      front_(front),
      reactor_(front.reactor()),
      options_(std::move(options)),
      fd_(fd) {}

void Listener::Open() {
  Turn([this] {
    front_.AddListener(*this);
    watch_ = reactor_.Watch(fd_, EPOLLIN, *this);
    if (watch_ == 0) Quit();
  });
}

void Listener::Close() {
  Turn([this] {
    while (AcceptOne()) {
    }
    Quit();
  });
}

void Listener::OnExit() {
  Disarm();
  front_.RemoveListener(*this);
  reactor_.Unwatch(watch_, fd_);  // a Unix socket stays open elsewhere, and would stay watched
  close(fd_);
}

void Listener::OnEvents(uint32_t) {
  Turn([this] {
    for (uint32_t i = 0; i < options_.accepts_per_turn_max && AcceptOne(); ++i) {
    }
  });
}

bool Listener::AcceptOne() {
  if (front_.memory_level() >= policy::MemoryLevel::kPauseAccept) {
    Pause("the process is short of memory (memory.pause_accept_percent)");
    return false;
  }
  ConnectionBudget& budget = front_.budget();
  // Counted before it is there, so that reactors together stay within the limit.
  if (budget.open.fetch_add(1, std::memory_order_relaxed) >=
      budget.max.load(std::memory_order_relaxed)) {
    budget.open.fetch_sub(1, std::memory_order_relaxed);
    Pause("the limit of connections (limits.connections_max) is reached");
    return false;
  }
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  int fd = accept4(fd_, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    const ListenerPolicy& policy = front_.snapshot().listeners[options_.index];
    LeanActor::Spawn<Connection>(reactor_, front_, policy, fd, PeerOf(address))->Open();
    return true;
  }
  int error = errno;
  budget.open.fetch_sub(1, std::memory_order_relaxed);
  if (error == EMFILE || error == ENFILE) {
    Pause(
        "the process is out of descriptors; raise `ulimit -n` or LimitNOFILE, or lower "
        "limits.connections_max");
  } else if (error == ENOBUFS || error == ENOMEM) {
    Pause("the kernel is out of memory for sockets");
  }
  // A connection that was reset before it was accepted (ECONNABORTED and the network's errors,
  // accept(2)) is no reason to stop.
  return error != EAGAIN && error != EINVAL && !paused_;
}

void Listener::Pause(const char* why) {
  if (pause_log_.Due()) {
    telemetry::LogWarning("listener",
                          absl::StrCat(options_.address, " accepts no connections for now: ", why));
  }
  if (!paused_) reactor_.Rewatch(watch_, fd_, 0);
  paused_ = true;
  reactor_.timers().Arm(*this, reactor_.now() + kPause);
}

void Listener::Unpause() {
  paused_ = false;
  Disarm();
  reactor_.Rewatch(watch_, fd_, EPOLLIN);
}

void Listener::OnTimer() {
  Turn([this] {
    if (paused_) Unpause();
  });
}

}  // namespace troupe
