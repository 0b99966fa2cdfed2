// Writes the head of an answer (RFC 9112 section 4) into memory the caller owns. No allocation. Any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/http/response.h"

namespace troupe::http {

struct AnswerFraming {
  // The request was HEAD: Content-Length as if it were GET, none if the body was left out.
  bool head_only = false;
  bool close = false;           // send Connection: close
  bool keep_alive_1_0 = false;  // send Connection: keep-alive, for an HTTP/1.0 client that asked
  // An IMF-fixdate of kDateSize bytes, made once a second by the reactor.
  std::string_view date = {};
};

// True when the answer may carry a body: not for 1xx, 204, 304 (RFC 9110 section 6.4.1) nor 205
// (section 15.3.6). Of those only a 205 has a Content-Length, of 0.
inline bool MayHaveBody(int status) {
  return status >= 200 && status != 204 && status != 205 && status != 304;
}

// An upper bound of what WriteAnswerHead writes.
size_t AnswerHeadSizeBound(const Response& response);

// Writes status line, Date, Content-Type, Content-Length, the response's fields and the empty line
// to `out`, which has room for AnswerHeadSizeBound(response) bytes. Returns the end. Precondition:
// response.validity().ok(). A body of a status that may not have one is not announced.
char* WriteAnswerHead(char* out, const Response& response, const AnswerFraming& framing);

// The reason phrase of RFC 9110 section 15 (and 6585); "" for a status without one.
std::string_view ReasonPhrase(int status);

// IMF-fixdate (RFC 9110 section 5.6.7) of seconds since the epoch into 29 bytes.
inline constexpr size_t kDateSize = 29;
void WriteDate(int64_t unix_seconds, char* out);

}  // namespace troupe::http
