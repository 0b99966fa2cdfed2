// The admin plane: gRPC on a Unix socket and on the admin address, each a listener with its own
// trust, all with the same services. On threads of its own, so that load of HTTP does not starve
// it.
//
// Start and the destructor on one thread; neither waits for callers longer than a moment.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/control.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::admin {

struct AdminOptions {
  config::v1::Admin config;
  // Nobody has asked for this very address, or for these sockets: where they cannot be had, a
  // warning is logged and the rest is served.
  bool address_is_default = false;
};

// What can be said of the settings before anything is opened. FAILED_PRECONDITION is a sentence
// that says what to do: an address beyond loopback without TLS or tokens is refused here.
absl::Status CheckAdmin(const config::v1::Admin& config);

class AdminServer {
 public:
  // FAILED_PRECONDITION is a sentence that says what to do. `control` and `live` outlive this.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const AdminOptions& options,
                                                            Control& control, LiveConfig& live);
  ~AdminServer();

  // Where it listens: "unix:/run/troupe/admin.sock", "127.0.0.1:9901" with the port that was
  // chosen.
  std::vector<std::string> addresses() const;

  // What SIGHUP asks for, recorded in the audit log: tokens and configuration are read again, the
  // files of TLS, which are followed anyway, are checked, the audit log is opened anew. What went
  // wrong is logged.
  void Reload();
  // What goes back by itself, recorded likewise. It is not refused when that cannot be done.
  void Revert();

 private:
  struct Parts;
  explicit AdminServer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace troupe::admin
