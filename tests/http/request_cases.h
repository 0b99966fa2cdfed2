// Requests as they come over a connection, and what the parser and the chunked decoder have to make
// of them. One table, so that every case is run whole, split at each byte and pipelined.
#pragma once

#include <string>
#include <vector>

#include "runtime/http/chunked_decoder.h"
#include "runtime/http/head_parser.h"

namespace troupe::http {

struct RequestCase {
  std::string name;   // the requirement, with its section
  std::string bytes;  // one or more requests
  // Of each request its summary, " | " between them: "GET /path?query host" and, where they apply,
  // "1.0", "close", "expect", "asterisk", "absolute" and the body in quotes. Of a refused one
  // status and name: "400 bare-line-feed".
  // "..." at the end where more is needed.
  std::string want;
};

const std::vector<RequestCase>& RequestCases();

// The limits that the cases are read with: small, so that the requests that exceed them are small
// too.
HeadLimits CaseHeadLimits();
ChunkedLimits CaseChunkedLimits();

}  // namespace troupe::http
