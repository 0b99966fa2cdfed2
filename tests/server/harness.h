// A server in this process, with the test service behind real sockets, and the look at what it left
// behind: every test that uses a RunningServer ends with these checks.
//
//   - the ledger balances, nothing is in flight, no connection is open;
//   - no frame of a handler and no instance of a service is left;
//   - as many descriptors and threads as before.
//
// Clients are made after the server and so end before it.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/server.h"
#include "runtime/telemetry/outcome.h"
#include "tests/server/client.h"
#include "tests/server/test_service.h"

namespace troupe {

// Waits until `condition` holds; false when it does not within a time that only a broken server
// needs.
bool Eventually(const std::function<bool()>& condition);

int OpenDescriptors();
int Threads();

// One pool, `test`, of one worker for each of two reactors, behind every path; the
// times of its end short.
extern const char kOnePool[];

using Settings = std::vector<std::string>;  // "limits.pipeline_max=1"

class RunningServer {
 public:
  using MemorySource = std::function<MemoryReading()>;

  // Throws std::runtime_error with the server's sentence when it does not start.
  explicit RunningServer(const Settings& settings = {}, std::string_view yaml = kOnePool,
                         const MemorySource& memory = &ReadMemory);
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  // Drains, and checks what is left behind.
  ~RunningServer();

  Stage& stage() { return stage_; }
  Server& server() { return *server_; }
  const std::string& address(size_t listener = 0) const { return server_->addresses()[listener]; }
  // Connected.
  Client NewClient(size_t listener = 0) const;

  void BeginDrain() { server_->BeginDrain(); }
  // True once the drain is over.
  bool drained() const { return drained_; }

  telemetry::LedgerRecord Ledger() const { return server_->Ledger(); }
  // Waits until so many requests have had that outcome.
  bool Counts(telemetry::Outcome outcome, uint64_t count) const;
  bool InFlight(uint64_t count) const;
  bool Connections(int64_t count) const;
  // Until so many handlers have begun, or have a frame.
  bool Begun(int count) const;
  bool Inside(int count) const;

 private:
  void Serve(const Settings& settings, std::string_view yaml, const MemorySource& memory,
             std::function<void()> ready);
  void CheckNothingIsLeft() const;

  const int descriptors_before_;
  const int threads_before_;
  Stage stage_;
  std::unique_ptr<Server> server_;  // lives on its thread
  std::string start_error_;
  std::atomic<bool> drained_{false};
  std::promise<void> done_;  // nobody asks the server anything any more
  std::thread thread_;
};

}  // namespace troupe
