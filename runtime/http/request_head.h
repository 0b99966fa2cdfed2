// A request's head as a value: what HeadParser makes of the bytes. Views point into the read
// buffer.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/http/fields.h"
#include "runtime/http/method.h"

namespace troupe::http {

// RFC 9112 section 3.2. Authority form belongs to CONNECT, which is refused.
enum class TargetForm : uint8_t { kOrigin, kAbsolute, kAsterisk };

enum class BodyFraming : uint8_t { kNone, kLength, kChunked };

struct RequestHead {
  Method method = Method::kGet;
  uint8_t version_minor = 1;  // HTTP/1.x
  TargetForm form = TargetForm::kOrigin;
  BodyFraming framing = BodyFraming::kNone;
  bool keep_alive = true;        // what the client asked for, by version and Connection
  bool expect_continue = false;  // Expect: 100-continue and HTTP/1.1
  uint64_t content_length = 0;   // of kLength
  std::string_view target;       // as it came
  std::string_view
      path;  // raw, of the target; "*" in asterisk form; "/" when absolute form has none
  std::string_view query;  // raw, without '?'
  std::string_view host;   // the authority that counts (RFC 9112 section 3.2.2), with port, may be
                           // empty in HTTP/1.0
  Fields fields;

  void Clear() {
    method = Method::kGet;
    version_minor = 1;
    form = TargetForm::kOrigin;
    framing = BodyFraming::kNone;
    keep_alive = true;
    expect_continue = false;
    content_length = 0;
    target = {};
    path = {};
    query = {};
    host = {};
    fields.Clear();
  }
};

}  // namespace troupe::http
