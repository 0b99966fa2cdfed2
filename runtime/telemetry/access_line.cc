#include "runtime/telemetry/access_line.h"

#include <charconv>
#include <cstring>
#include <type_traits>

namespace troupe::telemetry {
namespace {

// More than the names, numbers and punctuation of a line take.
constexpr size_t kFixedBytesMax = 512;

char* Put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

template <typename Integer>
char* PutNumber(char* out, Integer number) {
  return std::to_chars(out, out + 20, number).ptr;
}

char* PutMillis(char* out, int millis) {
  out[0] = static_cast<char>('0' + millis / 100);
  out[1] = static_cast<char>('0' + millis / 10 % 10);
  out[2] = static_cast<char>('0' + millis % 10);
  return out + 3;
}

size_t SizeBound(const AccessRecord& record) {
  const size_t text = record.client.size() + record.method.size() + record.target.size() +
                      record.route.size() + record.pool.size();
  return kFixedBytesMax + text * kEscapedBytesMax;
}

}  // namespace

std::string_view AccessLineWriter::Write(const AccessRecord& record) {
  const size_t bound = SizeBound(record);
  if (buffer_.size() < bound) buffer_.resize(bound);
  char* const begin = buffer_.data();
  char* const end =
      format_ == LineFormat::kJson ? WriteJson(begin, record) : WriteText(begin, record);
  return {begin, static_cast<size_t>(end - begin)};
}

char* AccessLineWriter::WriteText(char* out, const AccessRecord& record) {
  UpdateDate(absl::ToUnixSeconds(record.time));
  const auto escaped = [](char* to, std::string_view text) {
    return WriteEscaped(to, text, LineFormat::kText);
  };
  out = escaped(out, record.client);
  out = Put(out, " - - [");
  out = Put(out, date_);
  out = Put(out, "] \"");
  if (record.method.empty()) {
    out = Put(out, "-");
  } else {
    out = escaped(out, record.method);
    out = Put(out, " ");
    out = escaped(out, record.target);
    out = Put(out, " HTTP/1.");
    out = PutNumber(out, record.version_minor);
  }
  out = PutNumber(Put(out, "\" "), record.status);
  out = PutNumber(Put(out, " "), record.bytes);
  out = PutNumber(Put(out, " id="), record.id);
  out = escaped(Put(out, " route=\""), record.route);
  out = escaped(Put(out, "\" pool=\""), record.pool);
  out = PutNumber(Put(out, "\" worker="), record.worker);
  out = Put(Put(out, " outcome="), OutcomeName(record.outcome));
  out = PutNumber(Put(out, " queue_wait_us="), absl::ToInt64Microseconds(record.queue_wait));
  out = PutNumber(Put(out, " service_time_us="), absl::ToInt64Microseconds(record.service_time));
  return Put(out, "\n");
}

char* AccessLineWriter::WriteJson(char* out, const AccessRecord& record) {
  const int64_t millis = absl::ToUnixMillis(record.time);
  UpdateDate(millis / 1000);
  const auto escaped = [](char* to, std::string_view text) {
    return WriteEscaped(to, text, LineFormat::kJson);
  };
  out = Put(Put(out, R"({"time":")"), date_);
  out = PutMillis(Put(out, "."), static_cast<int>(millis % 1000));
  out = PutNumber(Put(out, R"(Z","id":)"), record.id);
  out = escaped(Put(out, R"(,"client":")"), record.client);
  out = escaped(Put(out, R"(","method":")"), record.method);
  out = escaped(Put(out, R"(","target":")"), record.target);
  out = PutNumber(Put(out, R"(","protocol":"HTTP/1.)"), record.version_minor);
  out = PutNumber(Put(out, R"(","status":)"), record.status);
  out = PutNumber(Put(out, R"(,"bytes":)"), record.bytes);
  out = escaped(Put(out, R"(,"route":")"), record.route);
  out = escaped(Put(out, R"(","pool":")"), record.pool);
  out = PutNumber(Put(out, R"(","worker":)"), record.worker);
  out = Put(Put(out, R"(,"outcome":")"), OutcomeName(record.outcome));
  out = PutNumber(Put(out, R"(","queue_wait_us":)"), absl::ToInt64Microseconds(record.queue_wait));
  out =
      PutNumber(Put(out, R"(,"service_time_us":)"), absl::ToInt64Microseconds(record.service_time));
  return Put(out, "}\n");
}

void AccessLineWriter::UpdateDate(int64_t unix_seconds) {
  if (unix_seconds == date_seconds_) return;
  date_seconds_ = unix_seconds;
  const char* const layout =
      format_ == LineFormat::kJson ? "%Y-%m-%dT%H:%M:%S" : "%d/%b/%Y:%H:%M:%S +0000";
  date_ = absl::FormatTime(layout, absl::FromUnixSeconds(unix_seconds), absl::UTCTimeZone());
}

}  // namespace troupe::telemetry
