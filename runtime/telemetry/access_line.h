// One line of the access log: what it says of an exchange, and its two formats. Text is the common
// log format, which most tools read, followed by key=value pairs:
//   192.0.2.7 - - [31/Jan/2025:10:00:00 +0000] "GET /a HTTP/1.1" 200 12 id=7 route="/a" pool="web"
//   worker=3 outcome=ANSWERED queue_wait_us=0 service_time_us=85
// JSON is one object with the same values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "runtime/telemetry/line.h"
#include "runtime/telemetry/outcome.h"

namespace troupe::telemetry {

// The views need to live only while the record is being written.
struct AccessRecord {
  absl::Time time;  // when the request was accepted
  uint64_t id = 0;
  std::string_view client;  // address without port
  std::string_view method;  // empty, like target, when refused before it was read
  std::string_view target;  // as it came
  int version_minor = 1;    // HTTP/1.x
  int status = 0;           // 0: no answer
  uint64_t bytes = 0;       // of the answer's body
  std::string_view route;   // the pattern; empty when none matched
  std::string_view pool;    // empty when it reached none
  uint64_t worker = 0;      // its number; 0 when it reached none
  Outcome outcome = Outcome::kAnswered;
  absl::Duration queue_wait;
  absl::Duration service_time;
};

// Writes lines into memory that it keeps from one line to the next. One thread.
class AccessLineWriter {
 public:
  explicit AccessLineWriter(LineFormat format) : format_(format) {}

  // The line with its newline; valid until the next call.
  std::string_view Write(const AccessRecord& record);

 private:
  void UpdateDate(int64_t unix_seconds);
  char* WriteText(char* out, const AccessRecord& record);
  char* WriteJson(char* out, const AccessRecord& record);

  const LineFormat format_;
  std::string buffer_;
  int64_t date_seconds_ = INT64_MIN;
  std::string date_;  // of that second, as the format shows it
};

}  // namespace troupe::telemetry
