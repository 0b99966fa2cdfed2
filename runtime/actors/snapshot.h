// One revision of the configuration as connections use it: plain numbers and tables, immutable,
// shared by all reactors. A request lives under the snapshot of its head.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/config/path_template.h"
#include "runtime/http/address.h"
#include "runtime/http/chunked_decoder.h"
#include "runtime/http/head_parser.h"
#include "runtime/http/router.h"
#include "runtime/reactor/exchange.h"
#include "runtime/telemetry/metrics.h"

namespace troupe {

class Pool;

enum class CancelPolicy : uint8_t { kSafeMethods, kAlways, kNever };

// What the service's own router says of a route without variables, found once instead of for each
// request.
struct LiteralTarget {
  http::Router::Match match;
  http::PathParams params;
};

struct CompiledRoute {
  std::string pattern;
  Pool* pool = nullptr;  // null: a redirect
  int redirect_status = 0;
  std::optional<config::PathTemplate> location;  // of a redirect
  std::optional<config::PathTemplate> rewrite;
  uint64_t body_bytes_max = 0;
  Nanos request_timeout = 0;
  Nanos queue_timeout = 0;
  Priority priority = Priority::kNormal;
  // Requests of it that may be undecided at a time; 0: any number. They are counted only then.
  uint32_t in_flight_max = 0;
  std::shared_ptr<std::atomic<uint32_t>> in_flight = std::make_shared<std::atomic<uint32_t>>(0);
  CancelPolicy cancel = CancelPolicy::kSafeMethods;
  telemetry::RouteMetrics* metrics = nullptr;  // null where nothing is counted
  std::string literal_path;  // not empty: the pattern has no variables and there is no rewrite
  std::array<LiteralTarget, http::kMethodCount> literal;
};

struct ErrorPage {
  std::string body;
  std::string content_type;
};

struct ConnectionTimeouts {
  Nanos head = 0;
  Nanos body_idle = 0;
  Nanos body_rate_grace = 0;
  Nanos keep_alive = 0;
  Nanos write_stall = 0;
  Nanos linger = 0;
  Nanos proxy_header = 0;
  uint32_t body_rate_bytes_min = 0;
};

// What a listener's settings mean for its connections.
struct ListenerPolicy {
  bool keep_alive = true;
  uint32_t requests_max = 0;  // 0: any number
  bool proxy_header = false;
};

struct Snapshot {
  uint64_t revision = 1;
  http::HeadLimits head_limits;
  http::ChunkedLimits chunked_limits;  // body_bytes_max is the route's
  ConnectionTimeouts timeouts;
  uint32_t pipeline_max = 64;
  uint32_t read_buffer_bytes = 16 << 10;
  uint32_t input_buffer_bytes_max = 64 << 10;
  uint32_t output_buffer_bytes_max = 256 << 10;
  uint64_t body_bytes_max = 1 << 20;      // where no route says otherwise
  std::vector<ListenerPolicy> listeners;  // in the order of the configuration
  std::vector<http::Cidr> trusted_proxies;
  std::string priority_field;  // believed only from trusted proxies; empty: none
  std::string deadline_field;
  bool heeds_proxies = false;  // whether there is either
  http::Router router;
  std::vector<CompiledRoute> routes;
  std::map<int, ErrorPage> error_pages;
};

}  // namespace troupe
