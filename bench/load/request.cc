#include "bench/load/request.h"

#include <sstream>
#include <stdexcept>

namespace troupe::bench {
namespace {

// A pattern without a short period, so that a body that was cut or shifted is not mistaken for the
// right one.
std::string MakeBody(size_t bytes) {
  std::string body(bytes, '\0');
  uint32_t state = 1;
  for (char& c : body) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>('a' + (state >> 24) % 26);
  }
  return body;
}

std::vector<int> ParseStatuses(const std::string& text) {
  std::vector<int> statuses;
  std::istringstream in(text);
  for (std::string status; std::getline(in, status, '|');) statuses.push_back(std::stoi(status));
  return statuses;
}

}  // namespace

Request ParseRequest(std::string_view text, size_t body_bytes, bool close) {
  std::istringstream in{std::string(text)};
  std::string method, target, statuses, expected;
  if (!(in >> method >> target >> statuses)) {
    throw std::invalid_argument(
        "A request is written METHOD TARGET STATUS [BODY], for example 'GET /health 200 ok'.");
  }
  const std::string body = method == "POST" || method == "PUT" ? MakeBody(body_bytes) : "";
  Request request;
  request.bytes = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
  if (close) request.bytes += "Connection: close\r\n";
  if (!body.empty()) request.bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request.bytes += "\r\n" + body;
  request.expectation.statuses = ParseStatuses(statuses);
  request.expectation.head = method == "HEAD";
  if (in >> expected) request.expectation.body = expected == "=" ? body : expected;
  return request;
}

}  // namespace troupe::bench
