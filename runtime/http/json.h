// Text as a JSON string (RFC 8259 section 7), and as the UTF-8 that JSON and protobuf ask for. Any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace troupe::http {

// `text` with U+FFFD in place of each byte that is not UTF-8.
std::string ToUtf8(std::string_view text);

// Appends `text` in quotes. Control bytes are escaped; a byte that is not UTF-8 becomes U+FFFD, so
// that whatever a client sent comes out as valid JSON.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace troupe::http
