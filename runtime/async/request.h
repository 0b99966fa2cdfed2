// What a handler may read of one request. The bytes belong to the exchange and stay valid until the
// handler has ended, whatever happens to the connection.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "runtime/http/address.h"
#include "runtime/http/request_head.h"
#include "runtime/http/router.h"

namespace troupe {

// Filled in by the exchange's home before the request is handed over; constant from then on.
struct RequestData {
  http::RequestHead head;
  std::string_view path;  // normalized (runtime/http/target.h), after a route's rewrite
  http::PathParams params;
  std::string_view body;                  // whole, decoded
  std::optional<http::IpAddress> client;  // nullopt: it came through a Unix socket
  uint64_t id = 0;                        // unique in this process; in logs and in the admin API
  // Nanoseconds since the epoch. A plain number: it is set for each request, and few ask for it.
  int64_t deadline_unix_nanos = kNoDeadline;

  static constexpr int64_t kNoDeadline = std::numeric_limits<int64_t>::max();
};

class Request {
 public:
  explicit Request(const RequestData* data) : data_(data) {}

  http::Method method() const { return data_->head.method; }
  std::string_view method_name() const { return http::MethodName(data_->head.method); }
  int version_minor() const { return data_->head.version_minor; }  // HTTP/1.x
  std::string_view target() const { return data_->head.target; }   // as it came
  std::string_view path() const { return data_->path; }            // decoded, without dot segments
  std::string_view query() const { return data_->head.query; }     // as it came, without '?'
  std::string_view host() const { return data_->head.host; }
  std::string_view body() const { return data_->body; }
  // The client's address as text, without port; "unix" for a Unix socket.
  std::string client() const { return data_->client ? data_->client->ToString() : "unix"; }
  uint64_t id() const { return data_->id; }
  absl::Time deadline() const {
    return data_->deadline_unix_nanos == RequestData::kNoDeadline
               ? absl::InfiniteFuture()
               : absl::FromUnixNanos(data_->deadline_unix_nanos);
  }
  const http::Fields& fields() const { return data_->head.fields; }
  std::string_view Field(std::string_view name) const { return data_->head.fields.Get(name); }

  // A variable of the route's pattern, decoded; empty when the pattern has none of that name.
  std::string_view Param(std::string_view name) const { return data_->params.Get(name); }
  // The first query parameter of that name, decoded; nullopt when absent or malformed.
  std::optional<std::string> QueryParam(std::string_view name) const;

 private:
  const RequestData* data_;
};

}  // namespace troupe
