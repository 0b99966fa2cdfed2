// What the lines of both logs have in common: their two formats and how text from outside is
// escaped in them. Values only; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::telemetry {

enum class LineFormat : uint8_t {
  kText,
  kJson,  // one object a line
};

// WriteEscaped writes at most this many bytes for each byte of text.
inline constexpr size_t kEscapedBytesMax = 6;

// Writes `text` so that it cannot end the line or the quotes around it: '"' and '\' get a
// backslash, all bytes but printable ASCII become \xHH in text and \u00HH in JSON. `out` has room
// for kEscapedBytesMax bytes for each byte. Returns the end of what was written.
char* WriteEscaped(char* out, std::string_view text, LineFormat format);

void AppendEscaped(std::string& out, std::string_view text, LineFormat format);

}  // namespace troupe::telemetry
