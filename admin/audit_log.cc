#include "admin/audit_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/telemetry/line.h"
#include "runtime/telemetry/log.h"

namespace troupe::admin {
namespace {

constexpr size_t kTextMax = 8192;  // of a request, a result or a value; the rest is left out
constexpr size_t kChangesBytesMax = 65536;

// Lines of {"time": .., "id": .., and what is added}.
class Line {
 public:
  explicit Line(uint64_t id)
      : text_(
            absl::StrCat("{\"time\":\"",
                         absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone()),
                         "\",\"id\":", id)) {}

  Line& Add(std::string_view name, std::string_view value) {
    text_ += ',';
    AppendMember(name, value);
    return *this;
  }
  Line& Add(const Caller& caller) {
    return Add("who", caller.name)
        .Add("role", config::v1::Admin::Role_Name(caller.role))
        .Add("from", caller.from);
  }
  Line& Add(const absl::Status& status) {
    return Add("code", absl::StatusCodeToString(status.code()))
        .Add("message", std::string(status.message()));
  }
  // As [{"path": .., "before": .., "after": ..}]; how many are left out, where they are too many.
  Line& Add(const Changes& changes) {
    if (changes.empty()) return *this;
    const size_t end = text_.size() + kChangesBytesMax;
    size_t added = 0;
    text_ += ",\"changes\":[";
    for (const v1::Change& change : changes) {
      if (text_.size() > end) break;
      text_ += added++ == 0 ? "{" : ",{";
      AppendMember("path", change.path());
      Add("before", change.before()).Add("after", change.after());
      text_ += '}';
    }
    text_ += ']';
    if (added < changes.size()) absl::StrAppend(&text_, ",\"more\":", changes.size() - added);
    return *this;
  }
  std::string Done() { return std::move(text_ += "}\n"); }

 private:
  void AppendMember(std::string_view name, std::string_view value) {
    text_ += '"';
    text_ += name;
    text_ += "\":\"";
    telemetry::AppendEscaped(text_, value.substr(0, kTextMax), telemetry::LineFormat::kJson);
    text_ += '"';
  }

  std::string text_;
};

absl::StatusOr<int> OpenFile(const std::string& file) {
  const int fd = open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  return absl::FailedPreconditionError(
      absl::StrCat("admin.audit_file: cannot write ", file, " (", std::strerror(errno),
                   "); name a file that may be written, or \"log\" for the server log"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<AuditLog>> AuditLog::Open(const std::string& file) {
  int fd = -1;
  if (file != "log") {
    absl::StatusOr<int> opened = OpenFile(file);
    if (!opened.ok()) return opened.status();
    fd = *opened;
  }
  return std::unique_ptr<AuditLog>(new AuditLog(file, fd));
}

AuditLog::~AuditLog() {
  if (fd_ >= 0) close(fd_);
}

absl::Status AuditLog::Reopen() {
  if (file_ == "log") return absl::OkStatus();
  absl::StatusOr<int> opened = OpenFile(file_);
  if (!opened.ok()) return opened.status();
  const std::lock_guard lock(mutex_);
  close(std::exchange(fd_, *opened));
  return absl::OkStatus();
}

absl::Status AuditLog::Write(std::string line) {
  const std::lock_guard lock(mutex_);
  if (fd_ < 0) {
    line.pop_back();
    telemetry::LogInfo("audit", line);
    return absl::OkStatus();
  }
  const ssize_t written = write(fd_, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("The audit log ", file_, " cannot be written (",
                                             written < 0 ? std::strerror(errno) : "disk full",
                                             "), so nothing was changed."));
}

absl::StatusOr<uint64_t> AuditLog::Before(const Caller& caller, std::string_view method,
                                          std::string_view request) {
  const uint64_t id = 1 + last_id_.fetch_add(1, std::memory_order_relaxed);
  absl::Status status = Write(Line(id)
                                  .Add("event", "before")
                                  .Add(caller)
                                  .Add("method", method)
                                  .Add("request", request)
                                  .Done());
  if (!status.ok()) return status;
  return id;
}

void AuditLog::After(uint64_t id, const absl::Status& status, std::string_view result,
                     const Changes& changes) {
  absl::Status written =
      Write(Line(id).Add("event", "after").Add(status).Add(changes).Add("result", result).Done());
  if (!written.ok()) telemetry::LogError("audit", std::string(written.message()));
}

void AuditLog::Refused(const Caller& caller, std::string_view method, const absl::Status& status) {
  const uint64_t id = 1 + last_id_.fetch_add(1, std::memory_order_relaxed);
  absl::Status written =
      Write(Line(id).Add("event", "refused").Add(caller).Add("method", method).Add(status).Done());
  if (!written.ok()) telemetry::LogError("audit", std::string(written.message()));
}

}  // namespace troupe::admin
