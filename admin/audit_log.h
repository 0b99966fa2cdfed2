// The audit log: one line before a change and one after it, with the same id, as JSON objects. A
// change whose first line cannot be written must not be made. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "admin/changes.h"
#include "admin/identity.h"

namespace troupe::admin {

class AuditLog {
 public:
  // "log": lines of the server log. Else a file that is appended to, made with mode 0600; the error
  // is a sentence that names it.
  static absl::StatusOr<std::unique_ptr<AuditLog>> Open(const std::string& file);
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  // Who is about to do what. Returns the id for After; UNAVAILABLE when it cannot be written.
  absl::StatusOr<uint64_t> Before(const Caller& caller, std::string_view method,
                                  std::string_view request);
  // What came of it, and which values are other ones now.
  void After(uint64_t id, const absl::Status& status, std::string_view result,
             const Changes& changes);
  // A call that was refused before it began.
  void Refused(const Caller& caller, std::string_view method, const absl::Status& status);

  // "log", or the file.
  const std::string& file() const { return file_; }
  // Opens the file anew, for after it was renamed. On an error the log stays with the old file.
  absl::Status Reopen();

 private:
  AuditLog(std::string file, int fd) : file_(std::move(file)), fd_(fd) {}
  absl::Status Write(std::string line);

  const std::string file_;
  std::mutex mutex_;
  int fd_;  // -1: the server log
  std::atomic<uint64_t> last_id_{0};
};

}  // namespace troupe::admin
