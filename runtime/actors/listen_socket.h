// Listening sockets: bound at start, one for each reactor, and a clear sentence when that is not
// possible. Any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe {

// What one configured listener came to. Move-only: closes what it still has, and removes its
// socket file.
class BoundListener {
 public:
  explicit BoundListener(std::string address) : address(std::move(address)) {}
  BoundListener(BoundListener&& other) noexcept = default;
  BoundListener& operator=(BoundListener&&) = delete;
  ~BoundListener();

  std::string address;      // as bound: with the port the kernel chose when it was 0
  std::vector<int> fds;     // one for each reactor, non-blocking, listening
  std::string unlink_path;  // of a Unix socket
};

// FAILED_PRECONDITION with what to do: the address is taken (also by a process that would share it
// with SO_REUSEPORT), not of this machine, or needs a right this process does not have.
absl::StatusOr<BoundListener> BindListener(const config::v1::Listener& listener, int reactors);

}  // namespace troupe
