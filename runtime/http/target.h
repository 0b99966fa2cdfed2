// Paths of request targets (RFC 3986 sections 3.3, 5.2.4, 6.2.2). Values only; any thread.
#pragma once

#include <string>
#include <string_view>

namespace troupe::http {

// Normalizes a raw absolute path ("/a/%62/../c"): percent-decodes all but "%2F" (kept, in upper
// case, so that an encoded slash never becomes a separator), removes dot segments (also encoded
// ones) without ever leaving the root, and keeps empty segments. Returns `raw` itself when nothing
// changes (the usual case, nothing is written), else a view of `*scratch`. Precondition: HeadParser
// accepted it, so percent-encodings are well-formed; a decoded NUL or other control byte was
// refused there.
std::string_view NormalizePath(std::string_view raw, std::string* scratch);

// Percent-decodes a query component, '+' as a blank. false when malformed.
bool DecodeQueryComponent(std::string_view raw, std::string* out);

// The raw value of the first query parameter `name` (compared after decoding is the caller's
// business). false when absent.
bool FindQueryParam(std::string_view query, std::string_view name, std::string_view* raw_value);

}  // namespace troupe::http
