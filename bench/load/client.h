// Sends requests to one server on many connections and verifies every answer. One thread, one epoll
// loop.
//
// Closed loop (rate 0): each connection sends `pipeline` requests at once, waits for all their
// answers and sends the next. Open loop: request k is due at k / rate, whatever the server does; it
// goes out on the next free connection, and its latency counts from when it was due, so that a
// server which makes the client wait cannot hide that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bench/load/answer_reader.h"
#include "bench/load/histogram.h"
#include "bench/load/request.h"

namespace troupe::bench {

using Nanoseconds = int64_t;

struct Plan {
  uint16_t port = 0;  // of 127.0.0.1
  size_t connections = 100;
  size_t pipeline = 1;       // closed loop only
  double rate = 0;           // requests a second; 0: closed loop
  Nanoseconds ramp = 0;      // closed loop: over this long the connections send their first request
  Nanoseconds timeout = 0;   // a later answer is a time-out, and its connection is given up
  bool close = false;        // a new connection for each request
  bool tell_kinds = false;   // fills in Report::kinds
  Nanoseconds patience = 0;  // an answer after that is not in time; 0: all are
  std::vector<Request> requests;  // sent in turn
};

// Answers of one status and cause.
struct Kind {
  uint64_t answers = 0;
  uint64_t in_time = 0;
  Histogram latency;
};

struct Report {
  uint64_t answers = 0;     // complete, right or wrong
  uint64_t wrong = 0;       // other status or body than expected, or not HTTP
  uint64_t errors = 0;      // requests whose connection failed or was closed before the answer
  uint64_t timeouts = 0;    // answers that did not come, or could not be asked for, in time
  uint64_t reconnects = 0;  // connections opened after the server closed the one before
  Nanoseconds elapsed = 0;  // from the first request to the last answer
  double rate = 0;          // right answers a second while all connections were sending
  double busy = 0;          // share of the elapsed time that the client used its processor
  Histogram latency;        // of right answers
  // All answers, by status and then by the cause that the server gives, empty for none.
  std::map<int, std::map<std::string, Kind, std::less<>>> kinds;
  std::string first_problem;
};

class Client {
 public:
  explicit Client(Plan plan);
  // Resets all connections, so that no port waits for its time to pass.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Opens all connections. Throws std::runtime_error with a sentence when that fails or takes
  // longer than the time-out.
  void Connect();

  // Sends for `duration`, or until `count_max` requests went out where it is not 0, and waits for
  // what is unanswered. Gives up early on a server that fails a thousand requests in a row.
  Report Run(Nanoseconds duration, uint64_t count_max);

 private:
  enum class State : uint8_t { kClosed, kConnecting, kOpen };
  struct Exchange {
    const Request* request;
    Nanoseconds since;  // what its latency counts from
    Nanoseconds sent;   // what its time-out counts from
  };
  // One connection and the requests it was given at once.
  struct Connection {
    int fd = -1;
    State state = State::kClosed;
    bool was_open = false;
    bool wants_write = false;
    size_t written = 0;        // requests of the batch sent whole
    size_t written_bytes = 0;  // of the one after them
    size_t answered = 0;
    std::vector<Exchange> batch;
    AnswerReader reader;
  };

  void Open(Connection& connection);
  void Close(Connection& connection);
  void Release(Connection& connection);
  void Poll(Nanoseconds until);
  void OnReady(Connection& connection, uint32_t events);
  void OnConnected(Connection& connection);
  void Read(Connection& connection);
  void OnAnswer(Connection& connection, Nanoseconds now);
  void CountKind(const AnswerReader& answer, Nanoseconds latency);
  void Write(Connection& connection);
  void WatchWrite(Connection& connection, bool wanted);
  void Fail(Connection& connection, uint64_t Report::*counter, std::string problem);
  void FailLate(Nanoseconds now);

  Nanoseconds NextDue() const;
  bool HasMore(Nanoseconds now) const;
  void Dispatch(Nanoseconds now);
  void Assign(Connection& connection, Nanoseconds since, Nanoseconds now);
  Nanoseconds NextWake(Nanoseconds now) const;
  void CountUnsent();
  void Conclude(Nanoseconds duration);

  const Plan plan_;
  const int epoll_;
  std::vector<Connection> connections_;
  std::vector<char> input_;
  std::deque<Connection*> free_;  // nothing assigned; first in, first out, to use all alike
  size_t connecting_ = 0;
  size_t next_request_ = 0;

  // Of the current Run:
  Report report_;
  Nanoseconds start_ = 0;
  Nanoseconds cpu_at_start_ = 0;
  Nanoseconds stop_ = 0;
  uint64_t count_max_ = 0;
  uint64_t batches_ = 0;
  uint64_t assigned_ = 0;
  uint64_t unanswered_ = 0;
  uint64_t answered_in_window_ = 0;  // after the ramp, before the stop
  uint64_t failures_in_a_row_ = 0;
  Nanoseconds last_answer_ = 0;
  Nanoseconds next_sweep_ = 0;
};

}  // namespace troupe::bench
