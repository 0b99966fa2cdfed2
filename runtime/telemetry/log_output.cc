#include "runtime/telemetry/log_output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace troupe::telemetry {
namespace {

constexpr int kGiveUpCheckMillis = 50;  // how soon a blocked Write notices GiveUpAfter

// A pipe that poll calls writable takes PIPE_BUF bytes without blocking; a regular file never
// blocks for long.
size_t ChunkBytesMax(int fd) {
  struct stat info;
  const bool regular = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  return regular ? std::numeric_limits<ssize_t>::max() : PIPE_BUF;
}

}  // namespace

absl::StatusOr<int> OpenLogFile(const std::string& path) {
  const int fd = path == "-" ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                             : open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open log file ", path));
  return fd;
}

LogOutput::LogOutput(int fd)
    : fd_(fd),
      chunk_bytes_max_(ChunkBytesMax(fd)),
      give_up_at_nanos_(std::numeric_limits<int64_t>::max()) {}

LogOutput::~LogOutput() {
  AdoptReplacement();
  close(fd_);
}

size_t LogOutput::Write(std::string_view bytes) {
  AdoptReplacement();
  size_t written = 0;
  while (written < bytes.size()) {
    if (!WaitUntilWritable()) break;
    const size_t chunk = std::min(bytes.size() - written, chunk_bytes_max_);
    const ssize_t n = write(fd_, bytes.data() + written, chunk);
    if (n >= 0) {
      written += static_cast<size_t>(n);
    } else if (errno != EINTR && errno != EAGAIN) {
      break;
    }
  }
  return written;
}

void LogOutput::Replace(int fd) {
  const int unused = replacement_.exchange(fd);
  if (unused >= 0) close(unused);
}

void LogOutput::GiveUpAfter(absl::Duration patience) {
  give_up_at_nanos_.store(absl::ToUnixNanos(absl::Now() + patience));
}

void LogOutput::AdoptReplacement() {
  if (replacement_.load(std::memory_order_relaxed) < 0) return;
  close(fd_);
  fd_ = replacement_.exchange(-1);
  chunk_bytes_max_ = ChunkBytesMax(fd_);
}

bool LogOutput::WaitUntilWritable() const {
  for (;;) {
    const bool given_up = absl::GetCurrentTimeNanos() >= give_up_at_nanos_.load();
    pollfd ready{fd_, POLLOUT, 0};
    const int n = poll(&ready, 1, given_up ? 0 : kGiveUpCheckMillis);
    if (n > 0) return true;  // also with POLLERR: write tells the error
    if (n < 0 && errno != EINTR) return false;
    if (given_up) {
      errno = ETIMEDOUT;
      return false;
    }
  }
}

}  // namespace troupe::telemetry
