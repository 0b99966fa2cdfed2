// SideServer: one service on one address, beside the server and apart from it: a reactor on a
// thread of its own, one worker, connections of its own. It answers whatever the server's reactors
// do, and nothing of it is in the server's ledger.
//
// For services of the runtime itself, which must never block. Made and destroyed on one thread,
// after the signals are blocked.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/async/service_entry.h"

namespace troupe {

class SideServer {
 public:
  // Listens and serves from here on. `address` is one that config::ParseListenAddress takes. Errors
  // are sentences for the operator.
  static absl::StatusOr<std::unique_ptr<SideServer>> Start(const std::string& address,
                                                           ServiceEntry service);
  ~SideServer();

  // With the port it came to.
  const std::string& address() const;

 private:
  struct Parts;
  explicit SideServer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace troupe
