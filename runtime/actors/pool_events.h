// What happens in one pool, told to those who watch the server's events.
//
// Of each kind five are told in ten seconds; what comes beyond is counted, and told as one event
// with the count when the time is over. So a pool whose workers die a hundred thousand times a
// minute makes three dozen events of it, and those of before are still there to be read.
//
// The supervisor's thread only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "runtime/reactor/clock.h"
#include "runtime/telemetry/event_log.h"

namespace troupe {

class PoolEvents {
 public:
  static constexpr int kToldMax = 5;
  static constexpr Nanos kPeriod = 10 * kNanosPerSecond;

  // `log` outlives this; null: nobody watches. `pool` is "pools/echo".
  PoolEvents(telemetry::EventLog* log, std::string pool) : log_(log), pool_(std::move(pool)) {}

  // `kind` is a literal.
  void Add(Nanos now, std::string_view kind, std::string text,
           telemetry::EventLog::Details details = {});
  // Tells what has been counted for long enough; now and then.
  void TellCounted(Nanos now);

 private:
  struct Repeats {
    Nanos begin = 0;
    int told = 0;
    uint64_t counted = 0;
    std::string last;  // of those that were only counted
  };

  telemetry::EventLog* const log_;
  const std::string pool_;
  std::map<std::string_view, Repeats> repeats_;  // by kind
};

}  // namespace troupe
