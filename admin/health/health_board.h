// What the health listener knows of the server that it speaks for: nothing before the server has
// started and after it has ended, and then what the server itself says.
//
// Any thread. The lock is between those who ask and who starts and ends the server; no request's
// path takes it.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "runtime/health_state.h"
#include "runtime/server.h"
#include "runtime/server_stats.h"

namespace troupe::admin {

class HealthBoard {
 public:
  // `server` is asked from now on, until Detach.
  void Attach(Server& server);
  // Returns when nobody is asking it any more. From then on the board says that it is draining.
  void Detach();

  HealthState State() const;
  // nullopt while there is no server.
  std::optional<ServerStats> Stats() const;
  // Has the server count what Stats tells of its connections; see Census. Without a server there is
  // nothing to wait for.
  uint64_t BeginCensus() const;
  bool CensusIsDone(uint64_t count) const;

 private:
  mutable absl::Mutex mutex_;
  Server* server_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace troupe::admin
