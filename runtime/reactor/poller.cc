#include "runtime/reactor/poller.h"

#include <unistd.h>

#include <algorithm>

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
    int milliseconds = -1;
    if (timeout != kNever) {
      // Rounded up: waking before the timer is due would only make the loop turn once more.
      Nanos rounded = (timeout + kNanosPerMilli - 1) / kNanosPerMilli;
      milliseconds = static_cast<int>(std::min<Nanos>(rounded, 3'600'000));
    }
    int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds);
    return count < 0 ? 0 : count;  // EINTR: the loop turns once more
  }

 private:
  bool Control(int operation, int fd, uint32_t events, uint64_t data) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = data;
    return epoll_ctl(epoll_, operation, fd, &event) == 0;
  }

  int epoll_;
};

}  // namespace

std::unique_ptr<Poller> Poller::Epoll() { return std::make_unique<EpollPoller>(); }

}  // namespace troupe
