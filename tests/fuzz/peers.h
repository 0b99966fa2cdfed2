// What other parsers make of the first request of some bytes. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::fuzz {

struct Reading {
  enum class End { kWhole, kMore, kRefused };

  End end = End::kMore;
  size_t size = 0;   // of a whole request
  std::string body;  // of a whole request
  std::string why;   // of a refused one, in the parser's own words
};

// Whether they are the same for whoever sends the request. Parsers differ in their words.
inline bool Agree(const Reading& a, const Reading& b) {
  return a.end == b.end && a.size == b.size && a.body == b.body;
}

Reading ReadWithHttpParser(std::string_view bytes);  // Node.js' old one
Reading ReadWithBeast(std::string_view bytes);       // Boost's

}  // namespace troupe::fuzz
