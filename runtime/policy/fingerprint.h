// The fingerprint of a request's shape: requests that look alike to the code that serves them have
// the same one. Stable between runs. Not meant to withstand forged collisions; what acts on it
// bounds the harm (quarantine.h).
//
// Pure functions; no allocation.
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::policy {

struct RequestShape {
  std::string_view method;
  std::string_view route;  // its name or pattern
  std::string_view query;  // as sent, without '?'; only its keys count, in whatever order
  uint64_t body_digest = 0;
};

uint64_t Fingerprint(const RequestShape& shape);

// Of a whole body.
uint64_t BodyDigest(std::string_view body);

}  // namespace troupe::policy
