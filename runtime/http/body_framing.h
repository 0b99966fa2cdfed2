// What Content-Length and Transfer-Encoding say (RFC 9112 section 6), one field at a time. Values
// only; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/http/refusal.h"

namespace troupe::http {

// Reads the value of one Content-Length field into `length`, which holds what earlier ones said.
// Repetitions and lists of equal values are taken as one (RFC 9110 section 8.6): whoever
// understands them reads the same length.
Refusal ReadContentLength(std::string_view value, std::optional<uint64_t>& length);

// The codings of all Transfer-Encoding fields together, in their order (RFC 9112 section 6.1).
struct TransferCodings {
  bool chunked = false;  // the last so far is chunked
  bool others = false;   // there are others before it
};

// Reads the value of one Transfer-Encoding field, behind what earlier ones said.
Refusal ReadTransferEncoding(std::string_view value, TransferCodings& codings);
// What is wrong with all of them together, once no more follow.
Refusal CheckTransferCodings(const TransferCodings& codings);

}  // namespace troupe::http
