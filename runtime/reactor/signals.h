// Signals as events of a reactor. Block must be called first in main(), before any thread is
// started, so that all threads inherit the mask and no signal interrupts anything.
#pragma once

#include <functional>

#include "runtime/reactor/reactor.h"

namespace troupe {

class Signals final : private EventHandler {
 public:
  // SIGTERM, SIGINT, SIGHUP and SIGUSR1 are delivered here from now on; SIGPIPE is ignored. Once
  // per process, first.
  static void Block();

  // `handler` gets the number of each signal, on the reactor's thread.
  Signals(Reactor& reactor, std::function<void(int)> handler);
  ~Signals();

 private:
  void OnEvents(uint32_t events) override;

  Reactor& reactor_;
  std::function<void(int)> handler_;
  int fd_;
  Reactor::WatchId watch_;
};

}  // namespace troupe
