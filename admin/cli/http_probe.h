// One GET over a plain socket, for images that hold no other HTTP client. Blocking; any thread.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace troupe::admin::cli {

struct ProbeAnswer {
  int status = 0;           // 200
  std::string status_line;  // "HTTP/1.1 200 OK"
};

// `url` is http://HOST[:PORT][/PATH]. Throws Failure: kUsage when it is not, kUnreachable, or
// kTimeout when no status line has come within `timeout`; kRefused when what came is no HTTP.
ProbeAnswer Probe(const std::string& url, absl::Duration timeout);

}  // namespace troupe::admin::cli
