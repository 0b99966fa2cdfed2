#include "runtime/actors/crash_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "runtime/actors/proto_time.h"
#include "runtime/actors/shown_head.h"
#include "runtime/actors/snapshot.h"
#include "runtime/reactor/reactor.h"

namespace troupe {

void CrashLog::Describe(const Exchange& exchange, admin::v1::Crash& crash) const {
  const RequestData& data = exchange.data;
  crash.set_request(absl::StrCat("requests/", data.id));
  crash.set_method(std::string(http::MethodName(data.head.method)));
  crash.set_target(ShownText(redact_.Target(data.head.target)));
  if (exchange.route != nullptr) crash.set_route(exchange.route->pattern);
  crash.set_client(Request(&data).client());
  crash.set_body_bytes(static_cast<int64_t>(data.body.size()));
  ShowFields(data.head.fields, redact_, *crash.mutable_fields());
  *crash.mutable_times()->mutable_read() = ToProto(exchange.admitted_at - exchange.accepted_at);
}

uint64_t CrashLog::Add(admin::v1::Crash crash) {
  std::lock_guard lock(mutex_);
  return AddLocked(std::move(crash));
}

uint64_t CrashLog::AddEarlier(admin::v1::Crash crash) {
  std::lock_guard lock(mutex_);
  return Keep(std::move(crash));
}

uint64_t CrashLog::AddLocked(admin::v1::Crash crash) {
  crash.set_pool(absl::StrCat("pools/", pool_));
  *crash.mutable_time() = ToProto(absl::Now());
  return Keep(std::move(crash));
}

uint64_t CrashLog::Keep(admin::v1::Crash crash) {
  crash.set_name(absl::StrCat("crashes/", pool_, "-", ++count_));
  crash.set_exception_text(ShownText(crash.exception_text()));
  crashes_.push_back(std::move(crash));
  if (crashes_.size() > kKept) crashes_.pop_front();
  return count_;
}

// Null when it is not kept any more.
admin::v1::Crash* CrashLog::Find(uint64_t number) {
  uint64_t first = count_ - crashes_.size() + 1;
  return number >= first && number <= count_ ? &crashes_[number - first] : nullptr;
}

void CrashLog::AddRequest(uint64_t number, const Exchange& exchange) {
  std::lock_guard lock(mutex_);
  if (admin::v1::Crash* crash = Find(number)) Describe(exchange, *crash);
}

void CrashLog::DecideForWorker(uint64_t worker, const std::string& death,
                               admin::v1::Crash::Decision decision, const std::string& why,
                               Nanos backoff) {
  std::string name = absl::StrCat("pools/", pool_, "/workers/", worker);
  std::lock_guard lock(mutex_);
  auto at = std::find_if(crashes_.rbegin(), crashes_.rend(), [&](const admin::v1::Crash& crash) {
    return crash.worker() == name && crash.decision() == admin::v1::Crash::DECISION_UNSPECIFIED;
  });
  if (at == crashes_.rend()) {
    admin::v1::Crash crash;
    crash.set_kind(admin::v1::Crash::EXIT);
    crash.set_worker(name);
    crash.set_exception_text(death);
    AddLocked(std::move(crash));
    at = crashes_.rbegin();
  }
  at->set_decision(decision);
  at->set_decision_reason(why);
  *at->mutable_backoff() = ToProto(backoff);
}

std::vector<admin::v1::Crash> CrashLog::List() const {
  std::lock_guard lock(mutex_);
  return {crashes_.rbegin(), crashes_.rend()};
}

uint64_t CrashLog::count() const {
  std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace troupe
