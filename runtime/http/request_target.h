// What the target of a request line may be (RFC 9112 section 3.2), for HeadParser. Values only; any
// thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/http/method.h"
#include "runtime/http/refusal.h"
#include "runtime/http/request_head.h"

namespace troupe::http {

// Where in a target its parts are, as offsets, because the bytes may still move.
struct TargetParts {
  TargetForm form = TargetForm::kOrigin;
  uint16_t host_offset = 0;  // of absolute form only, like host_size
  uint16_t host_size = 0;
  uint16_t path_offset = 0;
};

// Finds the form of a target that is not empty, whose bytes were checked and which is at most 65535
// bytes long.
Refusal ReadTargetForm(std::string_view target, Method method, TargetParts& parts);

// Checks the byte at the front of `text`, which is none of kTargetByte, and what is there of a
// percent-encoding that it begins. kNone when it is good, or may still become so.
Refusal CheckSpecialByte(std::string_view text, bool in_path);

}  // namespace troupe::http
