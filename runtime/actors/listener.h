// A listener: an actor that accepts connections from one listening socket on one reactor. With
// several reactors each has a socket of its own to the same address (SO_REUSEPORT), and the kernel
// spreads connections over them.
//
// It stops accepting, without a busy loop, while there are as many connections as allowed, while
// the process is out of descriptors or memory or its governor says so, and goes on when a
// connection closes or 100 ms have passed.
#pragma once

#include <string>

#include "runtime/actors/front.h"
#include "runtime/actors/lean_actor.h"
#include "runtime/reactor/reactor.h"
#include "runtime/reactor/timer_wheel.h"
#include "runtime/telemetry/log.h"

namespace troupe {

class Listener final : public LeanActor, private EventHandler, private TimerNode {
 public:
  struct Options {
    std::string address;  // for the log
    size_t index = 0;     // of its policy in the snapshot
    uint32_t accepts_per_turn_max = 64;
  };

  // Takes over the listening, non-blocking socket. Call Open next.
  Listener(caf::actor_config& config, Front& front, Options options, int fd);

  void Open();
  // Accepts what is waiting already, then closes the socket.
  void Close();
  // A connection has closed, or what kept from accepting may be over.
  void OnRoom() {
    if (paused_) Unpause();
  }

 private:
  const char* name() const override { return "listener"; }
  void OnMessage(Message&) override {}
  void OnExit() override;
  void OnEvents(uint32_t events) override;
  void OnTimer() override;

  // False when nothing more can be accepted for now.
  bool AcceptOne();
  void Pause(const char* why);
  void Unpause();

  Front& front_;
  Reactor& reactor_;
  const Options options_;
  int fd_;
  Reactor::WatchId watch_ = 0;
  bool paused_ = false;
  telemetry::LogOncePer pause_log_{absl::Minutes(1)};
};

}  // namespace troupe
