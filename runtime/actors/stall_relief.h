// Lets other reactors accept the connections of one that is stuck. The kernel spreads connections
// over the listening sockets of all reactors whether they accept or not; while one does not, a
// healthy reactor accepts from its sockets as well.
//
// Made, started, stopped and destroyed on the control reactor's thread, like its timer.
#pragma once

#include <memory>
#include <vector>

#include "runtime/actors/front.h"
#include "runtime/actors/listener.h"
#include "runtime/reactor/reactor_watch.h"

namespace troupe {

class StallRelief final : private TimerNode {
 public:
  // How long a reactor may be stuck before others accept for it.
  static constexpr Nanos kStallMax = kNanosPerSecond;

  explicit StallRelief(Reactor& control) : control_(control) {}
  ~StallRelief() { Stop(); }

  // One reactor; all outlive this.
  void Add(Front& front, const ReactorWatch& watch);
  // One of its listening sockets, which it is about to listen on. Keeps a descriptor of its own.
  void AddSocket(const Front& front, const Listener::Options& options, int fd);
  void Start();
  // Ends it all and lets go of the sockets: before the listeners close, for a socket listens as
  // long as anybody has it.
  void Stop();

 private:
  struct Socket {
    Listener::Options options;
    int fd;
  };
  // The listeners that stand in for a stuck reactor's; used on their own reactor only.
  struct StandIns {
    Front& front;
    std::vector<ActorRef<Listener>> listeners;
  };
  struct Member {
    Front* front;
    const ReactorWatch* watch;
    std::vector<Socket> sockets;
    std::shared_ptr<StandIns> relief;  // null: it does its work itself
  };

  void OnTimer() override;
  Front* Healthy(Nanos now) const;
  static void Relieve(Member& stuck, Front& by);
  static void Withdraw(Member& member);

  Reactor& control_;
  std::vector<Member> members_;
};

}  // namespace troupe
