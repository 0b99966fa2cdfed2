#include "runtime/telemetry/event_log.h"

#include <algorithm>

#include "google/protobuf/util/time_util.h"
#include "runtime/http/json.h"

namespace troupe::telemetry {
namespace {

constexpr size_t kTextMax = 4096;

// Services may have said anything; a field of a protobuf is UTF-8.
std::string Kept(std::string_view text) { return http::ToUtf8(text.substr(0, kTextMax)); }

}  // namespace

void EventLog::Add(std::string_view kind, std::string_view pool, std::string_view text,
                   Details details) {
  admin::v1::Event event;
  *event.mutable_time() = google::protobuf::util::TimeUtil::GetCurrentTime();
  event.set_kind(std::string(kind));
  event.set_pool(std::string(pool));
  event.set_text(Kept(text));
  for (const auto& [name, value] : details) {
    (*event.mutable_details())[std::string(name)] = Kept(value);
  }
  const std::lock_guard lock(mutex_);
  event.set_sequence(next_++);
  if (events_.size() == kept_) events_.pop_front();
  events_.push_back(std::move(event));
}

int64_t EventLog::next_sequence() const {
  const std::lock_guard lock(mutex_);
  return next_;
}

EventLog::Read EventLog::From(int64_t start, size_t max) const {
  const std::lock_guard lock(mutex_);
  Read read;
  const int64_t oldest = next_ - static_cast<int64_t>(events_.size());
  const int64_t from = std::clamp(start, oldest, next_);
  read.lost = std::max<int64_t>(0, from - start);
  const auto begin = events_.begin() + (from - oldest);
  const auto count = std::min<int64_t>(next_ - from, static_cast<int64_t>(max));
  read.events.assign(begin, begin + count);
  read.next = from + count;
  return read;
}

}  // namespace troupe::telemetry
