// Requests as they come over a connection, and what the parser and the chunked decoder have to make
// of them. One table, so that every case is run whole, split at each byte and pipelined.
#pragma once

#include <string>
#include <string_view>
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

// Reads requests from a connection whose bytes come in pieces, in the way a connection does. Every
// call of the parser sees its bytes in fresh memory that ends with them.
class RequestReader {
 public:
  void Feed(std::string_view piece);
  // As RequestCase::want.
  std::string Summary() const;
  // What was read, to the last field: for comparing runs.
  const std::string& transcript() const { return transcript_; }
  bool refused() const { return refused_; }

 private:
  bool ReadHead();
  bool ReadBody();
  bool ReadLengthBody();
  bool ReadChunkedBody();
  void FinishRequest();
  void Refuse(Refusal refusal);
  std::string Describe() const;

  HeadParser parser_;
  ChunkedDecoder decoder_;
  RequestHead head_;  // its views are not valid after ReadHead
  std::string head_summary_;
  std::string pending_;  // not yet taken
  std::string body_;
  std::string summary_;
  std::string transcript_;
  bool in_body_ = false;
  bool refused_ = false;
};

}  // namespace troupe::http
