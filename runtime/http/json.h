// Text as a JSON string (RFC 8259 section 7). Any thread.
#pragma once

#include <string>
#include <string_view>

namespace troupe::http {

// Appends `text` in quotes. Control bytes are escaped; a byte that is not UTF-8 becomes U+FFFD, so
// that whatever a client sent comes out as valid JSON.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace troupe::http
