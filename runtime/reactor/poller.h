// The one interface between reactors and the kernel's readiness. epoll is the only implementation
// that ships; tests step a reactor with one of their own. Used on one thread only.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <memory>
#include <span>

#include "runtime/reactor/clock.h"

namespace troupe {

class Poller {
 public:
  virtual ~Poller() = default;
  // `events` are EPOLLIN, EPOLLOUT and EPOLLET; `data` comes back with each event. Closing a
  // descriptor removes it. Add fails (false, errno set) when the kernel has no room.
  virtual bool Add(int fd, uint32_t events, uint64_t data) = 0;
  virtual void Modify(int fd, uint32_t events, uint64_t data) = 0;
  virtual void Remove(int fd) = 0;
  // Waits up to `timeout` (0: not at all, kNever: for ever) and fills `events`; returns how many.
  virtual int Wait(Nanos timeout, std::span<epoll_event> events) = 0;

  static std::unique_ptr<Poller> Epoll();
};

}  // namespace troupe
