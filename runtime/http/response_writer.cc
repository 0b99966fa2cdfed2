#include "runtime/http/response_writer.h"

#include <array>
#include <charconv>
#include <cstring>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace troupe::http {
namespace {

struct Phrase {
  int status;
  std::string_view phrase;
};

// RFC 9110 section 15, RFC 6585, RFC 7725, RFC 8297.
constexpr Phrase kPhrases[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {103, "Early Hints"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {511, "Network Authentication Required"},
};

// "HTTP/1.1 200 OK\r\nDate: ", one for each status, padded so that copying one is a few moves of
// constant size.
struct Preamble {
  char text[63];
  uint8_t size;
};
static_assert(sizeof(Preamble) == 64);

constexpr int kStatusMin = 100;
constexpr int kStatusMax = 599;
constexpr std::string_view kVersion = "HTTP/1.1 ";
constexpr std::string_view kAfterPhrase = "\r\nDate: ";
constexpr size_t kPhraseBegin = kVersion.size() + 4;

constexpr std::string_view FindPhrase(int status) {
  for (const Phrase& entry : kPhrases) {
    if (entry.status == status) return entry.phrase;
  }
  return {};
}

constexpr Preamble MakePreamble(int status) {
  Preamble preamble{};
  const auto append = [&](std::string_view text) {
    for (char c : text) preamble.text[preamble.size++] = c;
  };
  const char code[] = {static_cast<char>('0' + status / 100),
                       static_cast<char>('0' + status / 10 % 10),
                       static_cast<char>('0' + status % 10), ' '};
  append(kVersion);
  append({code, sizeof(code)});
  append(FindPhrase(status));
  append(kAfterPhrase);
  return preamble;
}

constexpr auto kPreambles = [] {
  std::array<Preamble, kStatusMax - kStatusMin + 1> preambles{};
  for (int status = kStatusMin; status <= kStatusMax; ++status) {
    preambles[status - kStatusMin] = MakePreamble(status);
  }
  return preambles;
}();

constexpr std::string_view kContentType = "\r\nContent-Type: ";
constexpr std::string_view kContentLength = "\r\nContent-Length: ";
constexpr std::string_view kClose = "\r\nConnection: close";
constexpr std::string_view kKeepAlive = "\r\nConnection: keep-alive";
constexpr std::string_view kSeparator = ": ";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr size_t kLengthDigitsMax = 20;
constexpr size_t kFixedSizeMax = sizeof(Preamble::text) + kDateSize + kContentType.size() +
                                 kContentLength.size() + kLengthDigitsMax + kKeepAlive.size() +
                                 kHeadEnd.size();

// Inlined, so that a constant is copied by moves and not by a call.
inline char* Append(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* AppendLength(char* out, size_t length) {
  out = Append(out, kContentLength);
  return std::to_chars(out, out + kLengthDigitsMax, length).ptr;
}

// A HEAD handler that left the body out does not know its length; saying 0 would be wrong (RFC 9110
// section 8.6).
bool KnowsLength(const Response& response, const AnswerFraming& framing) {
  return !(framing.head_only && response.body().empty());
}

char* WriteTwoDigits(char* out, int value) {
  *out++ = static_cast<char>('0' + value / 10);
  *out++ = static_cast<char>('0' + value % 10);
  return out;
}

}  // namespace

size_t AnswerHeadSizeBound(const Response& response) {
  size_t bound = kFixedSizeMax + response.content_type().size();
  for (const Response::Field& field : response.fields()) {
    bound += kLineEnd.size() + field.name.size() + kSeparator.size() + field.value.size();
  }
  return bound;
}

char* WriteAnswerHead(char* out, const Response& response, const AnswerFraming& framing) {
  const Preamble& preamble = kPreambles[response.status() - kStatusMin];
  std::memcpy(out, preamble.text, sizeof(preamble.text));
  out += preamble.size;
  out = Append(out, {framing.date.data(), kDateSize});
  if (MayHaveBody(response.status())) {
    if (const std::string_view type = response.content_type(); !type.empty()) {
      out = Append(out, kContentType);
      out = Append(out, type);
    }
    if (KnowsLength(response, framing)) out = AppendLength(out, response.body().size());
  } else if (response.status() == 205) {
    out = AppendLength(out, 0);  // RFC 9110 section 15.3.6
  }
  for (const Response::Field& field : response.fields()) {
    out = Append(out, kLineEnd);
    out = Append(out, field.name);
    out = Append(out, kSeparator);
    out = Append(out, field.value);
  }
  if (framing.close) {
    out = Append(out, kClose);
  } else if (framing.keep_alive_1_0) {
    out = Append(out, kKeepAlive);
  }
  return Append(out, kHeadEnd);
}

std::string_view ReasonPhrase(int status) {
  if (status < kStatusMin || status > kStatusMax) return {};
  const Preamble& preamble = kPreambles[status - kStatusMin];
  return {preamble.text + kPhraseBegin, preamble.size - kPhraseBegin - kAfterPhrase.size()};
}

void WriteDate(int64_t unix_seconds, char* out) {
  static constexpr std::string_view kDays = "MonTueWedThuFriSatSun";
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const absl::CivilSecond time =
      absl::ToCivilSecond(absl::FromUnixSeconds(unix_seconds), absl::UTCTimeZone());
  out = Append(out, kDays.substr(3 * static_cast<size_t>(absl::GetWeekday(time)), 3));
  out = Append(out, ", ");
  out = WriteTwoDigits(out, time.day());
  *out++ = ' ';
  out = Append(out, kMonths.substr(3 * static_cast<size_t>(time.month() - 1), 3));
  *out++ = ' ';
  out = WriteTwoDigits(out, static_cast<int>(time.year() / 100));
  out = WriteTwoDigits(out, static_cast<int>(time.year() % 100));
  *out++ = ' ';
  out = WriteTwoDigits(out, time.hour());
  *out++ = ':';
  out = WriteTwoDigits(out, time.minute());
  *out++ = ':';
  out = WriteTwoDigits(out, time.second());
  Append(out, " GMT");
}

}  // namespace troupe::http
