// One kind of request the load sends: its bytes, and what the answer to it must be.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::bench {

struct Expectation {
  std::vector<int> statuses;        // any of these
  std::optional<std::string> body;  // nullopt: any body
  bool head = false;                // the answer to HEAD has fields but no body
};

struct Request {
  std::string bytes;
  Expectation expectation;
};

// Reads "METHOD TARGET STATUS[|STATUS...] [BODY]", e.g. "GET /health 200 ok". POST and PUT carry
// `body_bytes` bytes, and BODY may then be "=", which stands for the same bytes. `close` asks the
// server to close the connection after its answer. Throws std::invalid_argument with a sentence
// when the text has another shape.
Request ParseRequest(std::string_view text, size_t body_bytes, bool close);

}  // namespace troupe::bench
