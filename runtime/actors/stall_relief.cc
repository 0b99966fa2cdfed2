#include "runtime/actors/stall_relief.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace troupe {
namespace {

constexpr Nanos kLookEvery = 50 * kNanosPerMilli;

}  // namespace

void StallRelief::Add(Front& front, const ReactorWatch& watch) {
  members_.push_back({&front, &watch, {}, nullptr});
}

void StallRelief::AddSocket(const Front& front, const Listener::Options& options, int fd) {
  for (Member& member : members_) {
    if (member.front != &front) continue;
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own >= 0) member.sockets.push_back({options, own});
  }
}

void StallRelief::Start() {
  if (members_.size() > 1) control_.timers().Arm(*this, control_.now() + kLookEvery);
}

void StallRelief::Stop() {
  Disarm();
  for (Member& member : members_) {
    if (member.relief) Withdraw(member);
    for (const Socket& socket : std::exchange(member.sockets, {})) close(socket.fd);
  }
}

void StallRelief::OnTimer() {
  Nanos now = control_.now();
  control_.timers().Arm(*this, now + kLookEvery);
  for (Member& member : members_) {
    bool stuck = member.watch->Lag(now) >= kStallMax;
    if (stuck && !member.relief) {
      if (Front* healthy = Healthy(now)) Relieve(member, *healthy);
    } else if (!stuck && member.relief) {
      telemetry::LogWarning("server", absl::StrCat("reactor ", member.front->reactor().index(),
                                                   " goes on and accepts connections itself"));
      Withdraw(member);
    }
  }
}

Front* StallRelief::Healthy(Nanos now) const {
  const Member* best = nullptr;
  for (const Member& member : members_) {
    if (best == nullptr || member.watch->Lag(now) < best->watch->Lag(now)) best = &member;
  }
  return best->watch->Lag(now) < kStallMax ? best->front : nullptr;
}

void StallRelief::Relieve(Member& stuck, Front& by) {
  telemetry::LogError(
      "server", absl::StrCat("reactor ", stuck.front->reactor().index(), " is stuck; reactor ",
                             by.reactor().index(), " accepts new connections for it"));
  stuck.relief = std::make_shared<StandIns>(StandIns{by, {}});
  for (const Socket& socket : stuck.sockets) {
    int fd = fcntl(socket.fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) continue;  // out of descriptors: then nobody accepts anything
    by.reactor().Post([stand_ins = stuck.relief, options = socket.options, fd] {
      Front& front = stand_ins->front;
      stand_ins->listeners.push_back(
          LeanActor::Spawn<Listener>(front.reactor(), front, options, fd));
      stand_ins->listeners.back()->Open();
    });
  }
}

void StallRelief::Withdraw(Member& member) {
  Reactor& reactor = member.relief->front.reactor();
  reactor.Post([stand_ins = std::move(member.relief)] {
    for (ActorRef<Listener>& listener : stand_ins->listeners) listener->Close();
  });
  member.relief = nullptr;
}

}  // namespace troupe
