#include "runtime/telemetry/access_log.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace troupe::telemetry {
namespace {

// While lines come in, the thread writes this often, many lines at once; a ring that is half full
// wakes it earlier.
constexpr std::chrono::milliseconds kBatchInterval{20};

}  // namespace

void AccessLogRing::Append(const AccessRecord& record) {
  if (!ring_.Put(writer_.Write(record))) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (log_->idle() || ring_.used() > ring_.capacity() / 2) log_->Wake();
}

absl::StatusOr<std::unique_ptr<AccessLog>> AccessLog::Open(const AccessLogOptions& options,
                                                           size_t reactors) {
  const absl::StatusOr<int> fd = OpenLogFile(options.path);
  if (!fd.ok()) return fd.status();
  return std::unique_ptr<AccessLog>(new AccessLog(options, *fd, reactors));
}

AccessLog::AccessLog(const AccessLogOptions& options, int fd, size_t reactors)
    : options_(options), output_(fd) {
  rings_.reserve(reactors);
  for (size_t i = 0; i < reactors; ++i) {
    rings_.push_back(std::make_unique<AccessLogRing>(this, options));
  }
  thread_ = std::thread([this] { Run(); });
}

AccessLog::~AccessLog() {
  output_.GiveUpAfter(options_.patience);
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

absl::Status AccessLog::Reopen() {
  const absl::StatusOr<int> fd = OpenLogFile(options_.path);
  if (!fd.ok()) return fd.status();
  output_.Replace(*fd);
  return absl::OkStatus();
}

uint64_t AccessLog::lines_dropped() const {
  uint64_t sum = dropped_.load(std::memory_order_relaxed);
  for (const auto& ring : rings_) sum += ring->dropped_.load(std::memory_order_relaxed);
  return sum;
}

// Called by reactors. The mutex is free but for moments: the thread holds it only to look at its
// flags.
void AccessLog::Wake() {
  if (woken_.load(std::memory_order_relaxed) || woken_.exchange(true)) return;
  { const std::lock_guard lock(mutex_); }
  wake_.notify_one();
}

void AccessLog::Run() {
  for (;;) {
    woken_ = false;
    const bool wrote = Drain();
    std::unique_lock lock(mutex_);
    if (stop_) {
      if (Empty()) return;
    } else if (wrote) {
      wake_.wait_for(lock, kBatchInterval, [this] { return stop_ || woken_; });
    } else {
      // A reactor puts its line and then looks at idle_; here idle_ is set and then the rings are
      // looked at. So one of the two notices the other.
      idle_ = true;
      wake_.wait(lock, [this] { return stop_ || woken_ || !Empty(); });
      idle_ = false;
    }
  }
}

bool AccessLog::Drain() {
  bool wrote = false;
  for (const auto& ring : rings_) {
    for (const std::string_view piece : ring->ring_.Peek()) {
      if (piece.empty()) continue;
      WritePiece(piece);
      ring->ring_.Consume(piece.size());
      wrote = true;
    }
  }
  return wrote;
}

void AccessLog::WritePiece(std::string_view bytes) {
  const size_t written = output_.Write(bytes);
  if (written == bytes.size()) return;
  const int error = errno;
  const std::string_view lost = bytes.substr(written);
  dropped_.fetch_add(static_cast<uint64_t>(std::count(lost.begin(), lost.end(), '\n')),
                     std::memory_order_relaxed);
  if (report_.Due()) {
    LogError("access log", absl::StrCat("cannot write ", options_.path, ": ", std::strerror(error),
                                        ". Lines are dropped until it can be written again."));
  }
}

bool AccessLog::Empty() const {
  return std::all_of(rings_.begin(), rings_.end(),
                     [](const auto& ring) { return ring->ring_.empty(); });
}

}  // namespace troupe::telemetry
