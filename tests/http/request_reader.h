// Reads requests from a connection whose bytes come in pieces, in the way a connection does. Every
// call of the parser sees its bytes in fresh memory that ends with them. For tests and fuzz
// targets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http/chunked_decoder.h"
#include "runtime/http/head_parser.h"

namespace troupe::http {

class RequestReader {
 public:
  // A request that was read to its end.
  struct Whole {
    size_t end = 0;  // of it, counted from the first byte that was fed
    bool keep_alive = true;
    std::string body;
  };

  explicit RequestReader(const HeadLimits& head_limits = {},
                         const ChunkedLimits& chunked_limits = {})
      : head_limits_(head_limits), chunked_limits_(chunked_limits) {}

  void Feed(std::string_view piece);

  // In their order, also those behind one that ends the connection.
  const std::vector<Whole>& whole() const { return whole_; }
  bool refused() const { return refused_; }
  // As RequestCase::want.
  std::string Summary() const;
  // What was read, to the last field: for comparing runs.
  const std::string& transcript() const { return transcript_; }

 private:
  bool ReadHead();
  bool ReadBody();
  bool ReadLengthBody();
  bool ReadChunkedBody();
  void FinishRequest();
  void Refuse(Refusal refusal);
  std::string Describe() const;

  const HeadLimits head_limits_;
  const ChunkedLimits chunked_limits_;
  HeadParser parser_;
  ChunkedDecoder decoder_;
  RequestHead head_;  // its views are not valid after ReadHead
  std::string head_summary_;
  std::string pending_;  // not yet taken
  size_t fed_ = 0;
  std::string body_;
  std::vector<Whole> whole_;
  std::string summary_;
  std::string transcript_;
  bool in_body_ = false;
  bool refused_ = false;
};

}  // namespace troupe::http
