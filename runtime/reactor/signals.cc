#include "runtime/reactor/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace troupe {
namespace {

sigset_t Handled() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&set, signal);
  return set;
}

}  // namespace

void Signals::Block() {
  sigset_t set = Handled();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

Signals::Signals(Reactor& reactor, std::function<void(int)> handler)
    : reactor_(reactor), handler_(std::move(handler)) {
  sigset_t set = Handled();
  fd_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  watch_ = reactor_.Watch(fd_, EPOLLIN, *this);
}

Signals::~Signals() {
  reactor_.Unwatch(watch_, fd_);
  close(fd_);
}

void Signals::OnEvents(uint32_t) {
  signalfd_siginfo info;
  while (read(fd_, &info, sizeof(info)) == sizeof(info)) handler_(static_cast<int>(info.ssi_signo));
}

}  // namespace troupe
