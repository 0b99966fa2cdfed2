// What the tests of reactors share: a clock that is set by hand, a poller that reports what the
// test says, and a reactor made of both that moves only when it is stepped.
#pragma once

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <cerrno>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "runtime/reactor/reactor.h"

namespace troupe {

class ManualClock final : public Clock {
 public:
  static constexpr Nanos kStart = 1000 * kNanosPerSecond;

  Nanos Steady() override { return steady_; }
  absl::Time Wall() override { return wall_; }
  void Advance(Nanos by) {
    steady_ += by;
    wall_ += absl::Nanoseconds(by);
  }
  // What happens when somebody sets the machine's clock.
  void StepWall(absl::Duration by) { wall_ += by; }

 private:
  Nanos steady_ = kStart;
  absl::Time wall_ = absl::FromUnixSeconds(784111777);  // Sun, 06 Nov 1994 08:49:37 GMT
};

class ManualPoller final : public Poller {
 public:
  struct Watched {
    uint32_t events;
    uint64_t data;
  };

  bool Add(int fd, uint32_t events, uint64_t data) override {
    if (full) {
      errno = ENOSPC;
      return false;
    }
    watched[fd] = {events, data};
    return true;
  }
  void Modify(int fd, uint32_t events, uint64_t data) override { watched[fd] = {events, data}; }
  void Remove(int fd) override { watched.erase(fd); }
  int Wait(Nanos timeout, std::span<epoll_event> events) override {
    last_timeout = timeout;
    size_t count = std::min(events.size(), reports_.size());
    std::copy_n(reports_.begin(), count, events.begin());
    reports_.erase(reports_.begin(), reports_.begin() + static_cast<ptrdiff_t>(count));
    return static_cast<int>(count);
  }

  // The next Wait answers this.
  void Report(uint64_t data, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = data;
    reports_.push_back(event);
  }

  std::map<int, Watched> watched;
  bool full = false;  // of the kernel's memory
  Nanos last_timeout = -1;

 private:
  std::vector<epoll_event> reports_;
};

// CAF without threads of its own.
class TestSystem {
 public:
  caf::actor_system& system() { return system_; }

 private:
  class Config final : public caf::actor_system_config {
   public:
    Config() { set("scheduler.policy", caf::atom("testing")); }
  };

  Config config_;
  caf::actor_system system_{config_};
};

class SteppedReactor {
 public:
  SteppedReactor(caf::actor_system& system, ManualClock& clock, Reactor::Options options = {},
                 telemetry::LedgerCell* cell = nullptr)
      : reactor_(system, std::move(options), cell, clock, MakePoller()) {}

  Reactor& operator*() { return reactor_; }
  Reactor* operator->() { return &reactor_; }
  ManualPoller& poller() { return *poller_; }

  // Runs `function` in a turn of its own, as if the loop had called it.
  void Run(absl::FunctionRef<void()> function) {
    reactor_.Post([function] { function(); });
    reactor_.Step();
  }

 private:
  std::unique_ptr<Poller> MakePoller() {
    auto poller = std::make_unique<ManualPoller>();
    poller_ = poller.get();
    return poller;
  }

  ManualPoller* poller_ = nullptr;
  Reactor reactor_;
};

// One of each, for tests that need nothing special.
class OneReactor {
 public:
  TestSystem system;
  ManualClock clock;
  SteppedReactor reactor{system.system(), clock};
};

}  // namespace troupe
