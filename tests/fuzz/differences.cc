#include "tests/fuzz/differences.h"

#include <algorithm>

#include "runtime/http/head_parser.h"
#include "runtime/http/scan.h"
#include "tests/fuzz/segments.h"

namespace troupe::fuzz {
namespace {

struct Request {
  std::string_view bytes;  // of all of it
  http::RequestHead head;
};

struct Difference {
  std::string_view what;
  std::string_view section;
  std::string_view words;  // of that section
  bool (*covers)(const Request& request);
};

std::string_view VersionOf(const Request& request) {
  const char* behind_target = request.head.target.data() + request.head.target.size();
  return request.bytes.substr(behind_target + 1 - request.bytes.data(), 8);
}

bool HasListOf(const http::RequestHead& head, std::string_view name) {
  int fields = 0;
  for (const http::Fields::Entry field : head.fields) {
    if (!http::EqualsIgnoreCase(field.name, name)) continue;
    if (++fields > 1 || field.value.find(',') != field.value.npos) return true;
  }
  return false;
}

bool HasNameThatBeginsWith(const http::RequestHead& head, std::string_view name) {
  for (const http::Fields::Entry field : head.fields) {
    const bool begins = http::EqualsIgnoreCase(field.name.substr(0, name.size()), name);
    if (begins && field.name.size() > name.size()) return true;
  }
  return false;
}

bool HasOptionThatIsNoToken(const http::RequestHead& head) {
  for (const http::Fields::Entry field : head.fields) {
    if (!http::EqualsIgnoreCase(field.name, "Connection")) continue;
    http::ListReader options(field.value);
    for (std::string_view option; options.Next(option);) {
      if (http::SkipToken(option.begin(), option.end()) != option.end()) return true;
    }
  }
  return false;
}

// A line behind the head that begins so; among chunks it would be data, which is no reason to look
// closer.
bool HasTrailer(const Request& request, std::string_view name) {
  if (request.head.framing != http::BodyFraming::kChunked) return false;
  for (size_t at = request.bytes.find("\r\n\r\n"); at != request.bytes.npos;
       at = request.bytes.find("\r\n", at + 2)) {
    if (http::EqualsIgnoreCase(request.bytes.substr(at + 2, name.size()), name)) return true;
  }
  return false;
}

constexpr Difference kDifferences[] = {
    {"empty lines before the request line", "RFC 9112 section 2.2",
     "a server that is expecting to receive and parse a request-line SHOULD ignore at least one "
     "empty line (CRLF) received prior to the request-line",
     [](const Request& request) { return request.bytes.front() == '\r'; }},
    {"a higher minor version", "RFC 9110 section 2.5",
     "A recipient that receives a message with a major version number that it implements and a "
     "minor version number higher than what it implements SHOULD process the message as if it was "
     "in the highest minor version within that major version to which the recipient is conformant.",
     [](const Request& request) { return VersionOf(request) > "HTTP/1.1"; }},
    {"the same Content-Length more than once", "RFC 9110 section 8.6",
     "a recipient of a Content-Length header field value consisting of the same decimal value "
     "repeated as a comma-separated list [...] MAY either reject the message as invalid or replace "
     "that invalid field value with a single valid Content-Length",
     [](const Request& request) { return HasListOf(request.head, "Content-Length"); }},
    {"a Content-Length among trailers, which are not read", "RFC 9112 section 7.1.2",
     "A recipient that removes the chunked coding from a message MAY selectively retain or discard "
     "the received trailer fields.",
     [](const Request& request) { return HasTrailer(request, "Content-Length"); }},
    {"a field whose name only begins like Transfer-Encoding", "RFC 9110 section 5.1",
     "Other recipients SHOULD ignore unrecognized header and trailer fields.",
     [](const Request& request) {
       return HasNameThatBeginsWith(request.head, "Transfer-Encoding");
     }},
    {"a connection option that is no token, and so none that means anything",
     "RFC 9110 section 2.4",
     "Unless noted otherwise, a recipient MAY attempt to recover a usable protocol element from an "
     "invalid construct.",
     [](const Request& request) { return HasOptionThatIsNoToken(request.head); }},
};

}  // namespace

bool IsDifferentOnPurpose(std::string_view request) {
  Request read;
  read.bytes = request;
  http::HeadParser parser;
  Require(parser.Parse(request, {}, read.head) == http::HeadParser::State::kDone);
  return std::any_of(std::begin(kDifferences), std::end(kDifferences),
                     [&](const Difference& difference) { return difference.covers(read); });
}

}  // namespace troupe::fuzz
