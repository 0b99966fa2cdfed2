// The last crashes and hangs, of one pool or of the processes before this one: what died, what it
// had in hand, and what was decided.
//
// Any thread, under a lock: it is used when something has failed, not on the way of a request.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/reactor/exchange.h"
#include "runtime/telemetry/redact.h"
#include "troupe/admin/v1/crashes.pb.h"

namespace troupe {

class CrashLog {
 public:
  // `redact` names header fields whose values are not kept, besides those that carry credentials.
  explicit CrashLog(std::string pool, const std::vector<std::string>& redact = {})
      : pool_(std::move(pool)), redact_(redact) {}

  // Keeps the record and gives it its name and time; answers its number.
  uint64_t Add(admin::v1::Crash crash);
  // The same of a record that an earlier process has left: its pool and time stay as they are.
  uint64_t AddEarlier(admin::v1::Crash crash);
  // What the worker had in hand: copied, redacted, cut to a bounded size. By whoever may read the
  // exchange: its holder, or its home.
  void Describe(const Exchange& exchange, admin::v1::Crash& crash) const;
  // The same for a record that is kept already.
  void AddRequest(uint64_t number, const Exchange& exchange);
  // What the supervisor does about the death of a worker: goes into the record that the worker has
  // left, or into a new one.
  void DecideForWorker(uint64_t worker, const std::string& death,
                       admin::v1::Crash::Decision decision, const std::string& why, Nanos backoff);
  // The latest first.
  std::vector<admin::v1::Crash> List() const;
  // Crashes since the start, also those that are not kept any more.
  uint64_t count() const;

 private:
  static constexpr size_t kKept = 64;

  admin::v1::Crash* Find(uint64_t number);
  uint64_t AddLocked(admin::v1::Crash crash);
  uint64_t Keep(admin::v1::Crash crash);

  const std::string pool_;
  const telemetry::Redaction redact_;
  mutable std::mutex mutex_;
  std::deque<admin::v1::Crash> crashes_;  // the latest last
  uint64_t count_ = 0;
};

}  // namespace troupe
