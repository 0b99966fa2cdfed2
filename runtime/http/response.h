// What a handler answers: a status, fields and a body. A value; any thread, one at a time.
//
// Framing and connection fields (Content-Length, Transfer-Encoding, Connection, Keep-Alive, Date)
// are the runtime's: setting one is an error, like a name that is no token or a value with control
// bytes. An error makes the response invalid, and an invalid response is answered as 500 and
// recorded, so no response can be split by what a client sent (RFC 9110 section 5.5).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace troupe {

class Response {
 public:
  struct Field {
    std::string name;
    std::string value;
  };

  Response() = default;
  explicit Response(int status) : status_(status) {}
  Response(const Response& other);
  Response& operator=(const Response& other) { return *this = Response(other); }
  Response(Response&&) noexcept = default;
  Response& operator=(Response&&) noexcept = default;

  static Response Text(std::string body, int status = 200);
  static Response Html(std::string body, int status = 200);
  static Response Json(std::string body, int status = 200);
  static Response Bytes(std::string body, std::string content_type, int status = 200);
  // application/problem+json (RFC 9457): title is the status's phrase, detail says what to do.
  static Response Problem(int status, std::string_view detail);
  // Maps a status to its HTTP status and a Problem with its message; OK becomes 204.
  static Response FromStatus(const absl::Status& status);

  Response& SetStatus(int status) {
    status_ = status;
    return *this;
  }
  Response& SetContentType(std::string type);
  // Content-Type is replaced, any other name is added once more.
  Response& AddField(std::string name, std::string value);
  Response& SetBody(std::string body) {
    body_ = std::move(body);
    return *this;
  }
  // An empty 200 again. Cheaper than assigning one, and keeps the body's room.
  void Clear() {
    status_ = 200;
    content_type_ = {};
    body_.clear();
    extra_.reset();
  }

  int status() const { return status_; }
  // Empty: no Content-Type is sent.
  std::string_view content_type() const {
    return extra_ == nullptr || extra_->content_type.empty() ? content_type_ : extra_->content_type;
  }
  std::span<const Field> fields() const {
    return extra_ == nullptr ? std::span<const Field>() : extra_->fields;
  }
  // The value of the first field of that name, compared without case; empty when there is none.
  std::string_view GetField(std::string_view name) const;
  const std::string& body() const { return body_; }
  std::string& mutable_body() { return body_; }
  // Not OK when a field or the status (200 to 599) was refused; says which and why.
  absl::Status validity() const {
    const bool plain = extra_ == nullptr && status_ >= kStatusMin && status_ <= kStatusMax;
    return plain ? absl::OkStatus() : ValidityOfAll();
  }

 private:
  static constexpr int kStatusMin = 200;
  static constexpr int kStatusMax = 599;

  // What most answers do not have, so that they stay cheap to move.
  struct Extra {
    std::string content_type;
    std::vector<Field> fields;
    absl::Status fields_validity;
  };

  Response(std::string&& body, std::string_view static_content_type, int status)
      : status_(status), content_type_(static_content_type), body_(std::move(body)) {}
  absl::Status ValidityOfAll() const;
  void Refuse(std::string_view name, std::string_view reason);
  Extra& extra();

  int status_ = 200;
  std::string_view content_type_;  // one of the constants in response.cc; extra_'s goes first
  std::string body_;
  std::unique_ptr<Extra> extra_;
};

// INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE 400; UNAUTHENTICATED 401; PERMISSION_DENIED
// 403; NOT_FOUND 404; ALREADY_EXISTS, ABORTED 409; RESOURCE_EXHAUSTED 429; CANCELLED 499 is not
// sent: 503; UNIMPLEMENTED 501; UNAVAILABLE 503; DEADLINE_EXCEEDED 504; all else 500.
int HttpStatusOf(const absl::Status& status);

}  // namespace troupe
