// What is wrong with the line of a field or trailer (RFC 9112 section 5). Values only; any thread.
#pragma once

#include "runtime/http/refusal.h"

namespace troupe::http {

// No field begins with `first`, which is no byte of a token.
Refusal WhyNoField(char first, bool first_line);
// `next` stands behind a name, but is no colon.
Refusal WhyNoColon(char next);
// `byte` stands in a value, but is neither a byte of one nor the CR that ends it.
Refusal WhyNoValueByte(char byte);

}  // namespace troupe::http
