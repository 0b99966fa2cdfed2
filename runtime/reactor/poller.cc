#include "runtime/reactor/poller.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace troupe {
namespace {

class EpollPoller final : public Poller {
 public:
  EpollPoller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~EpollPoller() override { close(epoll_); }

  bool Add(int fd, uint32_t events, uint64_t data) override {
    return Control(EPOLL_CTL_ADD, fd, events, data);
  }
  void Modify(int fd, uint32_t events, uint64_t data) override {
    Control(EPOLL_CTL_MOD, fd, events, data);
  }
  void Remove(int fd) override { Control(EPOLL_CTL_DEL, fd, 0, 0); }

  int Wait(Nanos timeout, std::span<epoll_event> events) override {
    const int count =
        to_the_nanosecond_ ? WaitExactly(timeout, events) : WaitMillis(timeout, events);
    return count < 0 ? 0 : count;  // EINTR: the loop turns once more
  }

 private:
  int WaitExactly(Nanos timeout, std::span<epoll_event> events) {
    const timespec wait{timeout / kNanosPerSecond, timeout % kNanosPerSecond};
    const int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()),
                                   timeout == kNever ? nullptr : &wait, nullptr);
    if (count >= 0 || errno == EINTR) return count;
    // Linux before 5.11, or a filter of system calls that has not heard of it.
    to_the_nanosecond_ = false;
    return WaitMillis(timeout, events);
  }

  int WaitMillis(Nanos timeout, std::span<epoll_event> events) {
    int milliseconds = -1;
    if (timeout != kNever) {
      // Rounded up: waking before the timer is due would only make the loop turn once more.
      const Nanos rounded = (timeout + kNanosPerMilli - 1) / kNanosPerMilli;
      milliseconds = static_cast<int>(std::min<Nanos>(rounded, 3'600'000));
    }
    return epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds);
  }

  bool Control(int operation, int fd, uint32_t events, uint64_t data) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = data;
    return epoll_ctl(epoll_, operation, fd, &event) == 0;
  }

  int epoll_;
  bool to_the_nanosecond_ = true;
};

}  // namespace

std::unique_ptr<Poller> Poller::Epoll() { return std::make_unique<EpollPoller>(); }

}  // namespace troupe
