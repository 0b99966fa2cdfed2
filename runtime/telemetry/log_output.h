// Where a log's bytes go: a file, standard output or standard error. Written by one thread, the
// log's own, which may block here for as long as the reader at the other end does not read;
// GiveUpAfter bounds that wait, so that a program with a stuck pipe can still end. The process
// ignores SIGPIPE; a reader that has gone away is an error like others.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace troupe::telemetry {

// Opens `path` for appending and creates it (0640) where needed; "-" is standard output. The error
// is a sentence that names the path. The caller owns the descriptor.
absl::StatusOr<int> OpenLogFile(const std::string& path);

class LogOutput {
 public:
  // Owns `fd`.
  explicit LogOutput(int fd);
  ~LogOutput();
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;

  // Returns how many bytes were written: all, or fewer after an error or when patience has ended.
  // errno tells the error; ETIMEDOUT the latter.
  size_t Write(std::string_view bytes);

  // Any thread: the next Write goes to `fd`, which this object then owns.
  void Replace(int fd);
  // Any thread: from that long after now on, Write waits for nobody.
  void GiveUpAfter(absl::Duration patience);

 private:
  void AdoptReplacement();
  bool WaitUntilWritable() const;

  int fd_;
  size_t chunk_bytes_max_;  // what can be written without blocking once poll says so
  std::atomic<int> replacement_{-1};
  std::atomic<int64_t> give_up_at_nanos_;
};

}  // namespace troupe::telemetry
