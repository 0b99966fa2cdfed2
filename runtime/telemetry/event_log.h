// What happened to the server, for those who watch: the last events, numbered without gaps. A
// reader that comes back asks from the number behind the last one it saw, and is told when some of
// what it missed is not kept any more.
//
// Any thread; nothing waits but for a short lock. Not for the request path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "troupe/admin/v1/stats.pb.h"

namespace troupe::telemetry {

class EventLog {
 public:
  using Details = std::initializer_list<std::pair<std::string_view, std::string>>;

  static constexpr size_t kKept = 4096;

  explicit EventLog(size_t kept = kKept) : kept_(kept) {}
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // `kind` is kebab-case and stable, `pool` is "pools/echo" or empty, `text` a sentence. Of text
  // and details the first 4 KiB are kept.
  void Add(std::string_view kind, std::string_view pool, std::string_view text,
           Details details = {});

  // The number of the event to come; the first one is 1.
  int64_t next_sequence() const;

  struct Read {
    std::vector<admin::v1::Event> events;
    int64_t lost = 0;  // from `start` on, not kept any more
    int64_t next = 1;  // where to go on
  };
  // At most `max` events from number `start` on.
  Read From(int64_t start, size_t max) const;

 private:
  const size_t kept_;
  mutable std::mutex mutex_;
  std::deque<admin::v1::Event> events_;
  int64_t next_ = 1;
};

}  // namespace troupe::telemetry
