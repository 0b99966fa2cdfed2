// The access log: one line for each exchange that has ended. Each reactor formats its lines into a
// ring of its own and goes on; one thread of the process writes the rings to the file. Nothing here
// ever makes a reactor wait: a line for which its ring has no room is dropped and counted.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/telemetry/access_line.h"
#include "runtime/telemetry/byte_ring.h"
#include "runtime/telemetry/line.h"
#include "runtime/telemetry/log.h"
#include "runtime/telemetry/log_output.h"

namespace troupe::telemetry {

struct AccessLogOptions {
  std::string path = "-";  // "-": standard output
  LineFormat format = LineFormat::kText;
  size_t ring_bytes = 1 << 20;  // per reactor
  // How long the end of the log waits for a reader that does not read.
  absl::Duration patience = absl::Seconds(1);
};

class AccessLog;

// A reactor's side of the log.
class AccessLogRing {
 public:
  AccessLogRing(AccessLog* log, const AccessLogOptions& options)
      : log_(log), writer_(options.format), ring_(options.ring_bytes) {}

  // By one thread, the reactor's; never blocks.
  void Append(const AccessRecord& record);

 private:
  friend class AccessLog;

  AccessLog* const log_;
  AccessLineWriter writer_;
  ByteRing ring_;
  std::atomic<uint64_t> dropped_{0};
};

class AccessLog {
 public:
  // Opens the file and starts the thread. The error is a sentence that names the path.
  static absl::StatusOr<std::unique_ptr<AccessLog>> Open(const AccessLogOptions& options,
                                                         size_t reactors);
  // Writes what is in the rings. No reactor may append any more.
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  AccessLogRing& ring(size_t reactor) { return *rings_[reactor]; }

  // The rest is for any thread.
  // Opens the path anew, for after the file was renamed. On an error the log stays with the old
  // file.
  absl::Status Reopen();
  // Lines lost to a full ring or to an error of the file.
  uint64_t lines_dropped() const;
  // Everything is written and the thread sleeps until a reactor wakes it.
  bool idle() const { return idle_.load(); }

 private:
  friend class AccessLogRing;

  AccessLog(const AccessLogOptions& options, int fd, size_t reactors);

  void Wake();
  void Run();
  bool Drain();
  void WritePiece(std::string_view bytes);
  bool Empty() const;

  const AccessLogOptions options_;
  LogOutput output_;
  std::vector<std::unique_ptr<AccessLogRing>> rings_;
  std::atomic<uint64_t> dropped_{0};  // by errors of the file
  LogOncePer report_{absl::Minutes(1)};

  std::atomic<bool> idle_{false};
  std::atomic<bool> woken_{false};  // a reactor called Wake since the rings were last looked at
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;  // under mutex_
  std::thread thread_;
};

}  // namespace troupe::telemetry
