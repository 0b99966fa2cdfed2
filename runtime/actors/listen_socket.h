// Listening sockets: bound at start, one for each reactor, and a clear sentence when that is not possible. Any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe {

// What one configured listener came to.
struct BoundListener {
  std::string address;   // as bound: with the port the kernel chose when it was 0
  std::vector<int> fds;  // one for each reactor, non-blocking, listening; owned by the caller
  std::string unlink_path;  // of a Unix socket
};

// FAILED_PRECONDITION with what to do: the address is taken (also by a process that would share it with
// SO_REUSEPORT), not of this machine, or needs a right this process does not have.
absl::StatusOr<BoundListener> BindListener(const config::v1::Listener& listener, int reactors);

}  // namespace troupe
