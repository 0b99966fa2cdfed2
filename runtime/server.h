// Server: everything between main() and the actors. Wires the parts in one order and takes them
// apart in its reverse:
//
//   log, ledger, actor system, control reactor, pools, reactors, fronts, workers, listeners
//
// Threads: built, run and destroyed on one thread, which becomes the control reactor while Run is
// on: supervisors, signals and the drain live there, user code never does. BeginDrain, Ledger,
// Health, Stats and what is of census may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/async/service_entry.h"
#include "runtime/control.h"
#include "runtime/health_state.h"
#include "runtime/reactor/memory.h"
#include "runtime/server_stats.h"
#include "runtime/telemetry/ledger.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe {

class Server {
 public:
  // Checks what only a start can check (routes, options, addresses, descriptors), binds the
  // listeners and starts the workers. `config` is checked and complete (runtime/config/load.h).
  // Errors are sentences for the operator. `revision` is the configuration's number; `memory` is
  // asked on the control reactor.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const config::v1::Config& config, std::vector<ServiceEntry> services, int64_t revision = 1,
      std::function<MemoryReading()> memory = &ReadMemory);
  ~Server();

  // Serves until the drain is over, which SIGTERM, SIGINT or BeginDrain starts. A second signal
  // ends the process.
  void Run();
  void BeginDrain();

  // The addresses that are listened on, with the ports they came to.
  const std::vector<std::string>& addresses() const;
  int reactors() const;
  int64_t connections_max() const;
  int64_t connections() const;
  // The sum over all reactors, balanced at every instant.
  telemetry::LedgerRecord Ledger() const;
  // From what reactors and pools have published: takes no lock and waits for nobody.
  HealthState Health() const;
  // From what they have counted; the same.
  ServerStats Stats() const;
  // Has the connections counted that Stats tells of.
  Census& census();
  // What operators may see and do; for as long as this lives.
  Control& control();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace troupe
