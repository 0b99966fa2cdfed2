#include <google/protobuf/util/field_mask_util.h>
#include <google/protobuf/util/time_util.h>

#include <string>
#include <utility>
#include <vector>

#include "admin/listing.h"
#include "admin/services.h"
#include "runtime/config/text.h"

namespace troupe::admin {
namespace {

using google::protobuf::FieldMask;
using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::TimeUtil;

constexpr absl::Duration kIntervalMin = absl::Milliseconds(50);
constexpr absl::Duration kIntervalMax = absl::Hours(1);
constexpr absl::Duration kEventLook = absl::Milliseconds(50);
constexpr size_t kEventsAtOnce = 256;

absl::Status CheckMask(const FieldMask& mask) {
  for (const std::string& path : mask.paths()) {
    if (!FieldMaskUtil::IsValidPath<v1::StatsSnapshot>(path)) {
      return InvalidField("read_mask", "names \"" + path + "\", which StatsSnapshot does not have");
    }
  }
  return absl::OkStatus();
}

void Trim(const FieldMask& mask, v1::StatsSnapshot& stats) {
  if (mask.paths_size() > 0) FieldMaskUtil::TrimMessage(mask, &stats);
}

// What changed since `before`, a second.
void FillRates(const v1::StatsSnapshot& before, v1::StatsSnapshot& now) {
  *now.mutable_period() = now.time() - before.time();
  const double seconds =
      static_cast<double>(TimeUtil::DurationToNanoseconds(now.period())) / kNanosPerSecond;
  if (seconds <= 0) return;
  auto rate = [seconds](int64_t from, int64_t to) {
    return static_cast<double>(to - from) / seconds;
  };
  now.set_accepted_per_second(rate(before.ledger().accepted(), now.ledger().accepted()));
  for (const auto& [name, count] : now.ledger().outcomes()) {
    const auto at = before.ledger().outcomes().find(name);
    const int64_t from = at == before.ledger().outcomes().end() ? 0 : at->second;
    (*now.mutable_outcomes_per_second())[name] = rate(from, count);
  }
}

using StatsTicks = RpcService::Ticks<v1::StatsSnapshot>;

absl::StatusOr<StatsTicks> WatchStats(Sampler& sampler, const v1::WatchStatsRequest& request) {
  if (absl::Status status = CheckMask(request.read_mask()); !status.ok()) return status;
  absl::Duration interval = absl::Seconds(1);
  if (request.has_interval()) {
    interval = absl::Nanoseconds(TimeUtil::DurationToNanoseconds(request.interval()));
  }
  if (interval < kIntervalMin || interval > kIntervalMax) {
    return InvalidField("interval", "must be 50 ms to 1 h");
  }
  StatsTicks ticks{interval, nullptr};
  ticks.look = [&sampler, mask = request.read_mask(),
                last = std::shared_ptr<const v1::StatsSnapshot>()](
                   v1::StatsSnapshot& out) mutable -> absl::StatusOr<Look> {
    std::shared_ptr<const v1::StatsSnapshot> now = sampler.Latest();
    out = *now;
    FillRates(last ? *last : *now, out);
    Trim(mask, out);
    last = std::move(now);
    return Look::kSend;
  };
  return ticks;
}

// Sends what is in the log one by one.
class EventReader {
 public:
  EventReader(telemetry::EventLog& log, Filter filter, int64_t start)
      : log_(log), filter_(std::move(filter)), next_(start > 0 ? start : log.next_sequence()) {}

  Look Next(v1::Event& out) {
    if (at_ == read_.events.size()) {
      read_ = log_.From(next_, kEventsAtOnce);
      at_ = 0;
      next_ = read_.next;
      if (read_.lost > 0) return Lost(out);
    }
    while (at_ < read_.events.size()) {
      v1::Event& event = read_.events[at_++];
      if (!filter_.Matches(event)) continue;
      out = std::move(event);
      return Look::kMore;
    }
    return read_.events.size() == kEventsAtOnce ? Next(out) : Look::kNothing;
  }

 private:
  static constexpr char kLostKind[] = "events-lost";

  Look Lost(v1::Event& out) const {
    *out.mutable_time() = TimeUtil::GetCurrentTime();
    out.set_kind(kLostKind);
    out.set_text(config::Count(read_.lost, "event") + " can no longer be told.");
    (*out.mutable_details())["lost"] = std::to_string(read_.lost);
    return Look::kMore;
  }

  telemetry::EventLog& log_;
  const Filter filter_;
  int64_t next_;
  telemetry::EventLog::Read read_;
  size_t at_ = 0;
};

using EventTicks = RpcService::Ticks<v1::Event>;

absl::StatusOr<EventTicks> WatchEvents(Control& control, const v1::WatchEventsRequest& request) {
  absl::StatusOr<Filter> filter = Filter::Parse(request.filter(), *v1::Event::descriptor());
  if (!filter.ok()) return filter.status();
  EventTicks ticks{kEventLook, nullptr};
  ticks.look = [reader =
                    EventReader(control.events(), *std::move(filter), request.start_sequence())](
                   v1::Event& out) mutable -> absl::StatusOr<Look> { return reader.Next(out); };
  return ticks;
}

}  // namespace

MadeService MakeStatsService(const ServiceParts& parts) {
  auto service = std::make_unique<RpcService>("troupe.admin.v1.Stats", parts.gate, parts.threads);
  Sampler& sampler = parts.sampler;
  service->Unary<v1::GetStatsRequest, v1::StatsSnapshot>(
      "GetStats",
      [&sampler](const Caller&,
                 const v1::GetStatsRequest& request) -> absl::StatusOr<v1::StatsSnapshot> {
        if (absl::Status status = CheckMask(request.read_mask()); !status.ok()) return status;
        v1::StatsSnapshot stats = *sampler.Take();
        Trim(request.read_mask(), stats);
        return stats;
      });
  service->Stream<v1::WatchStatsRequest, v1::StatsSnapshot>(
      "WatchStats", [&sampler](const auto& request) { return WatchStats(sampler, request); });
  service->Stream<v1::WatchEventsRequest, v1::Event>(
      "WatchEvents",
      [&control = parts.control](const auto& request) { return WatchEvents(control, request); });
  return service;
}

}  // namespace troupe::admin
