#include "runtime/http/response.h"

#include <algorithm>

#include "runtime/http/fields.h"
#include "runtime/http/json.h"
#include "runtime/http/response_writer.h"
#include "runtime/http/scan.h"

namespace troupe {
namespace {

constexpr std::string_view kTextType = "text/plain; charset=utf-8";
constexpr std::string_view kHtmlType = "text/html; charset=utf-8";
constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kProblemType = "application/problem+json";

bool ConsistsOf(http::ByteClass byte_class, std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [=](char byte) { return http::IsOfClass(byte, byte_class); });
}

bool BelongsToRuntime(std::string_view name) {
  using http::EqualsIgnoreCase;
  return EqualsIgnoreCase(name, "content-length") || EqualsIgnoreCase(name, "transfer-encoding") ||
         EqualsIgnoreCase(name, "connection") || EqualsIgnoreCase(name, "keep-alive") ||
         EqualsIgnoreCase(name, "date");
}

}  // namespace

Response::Response(const Response& other)
    : status_(other.status_),
      content_type_(other.content_type_),
      body_(other.body_),
      extra_(other.extra_ == nullptr ? nullptr : std::make_unique<Extra>(*other.extra_)) {}

Response Response::Text(std::string body, int status) {
  return Response(std::move(body), kTextType, status);
}

Response Response::Html(std::string body, int status) {
  return Response(std::move(body), kHtmlType, status);
}

Response Response::Json(std::string body, int status) {
  return Response(std::move(body), kJsonType, status);
}

Response Response::Bytes(std::string body, std::string content_type, int status) {
  Response response(std::move(body), {}, status);
  response.SetContentType(std::move(content_type));
  return response;
}

Response Response::Problem(int status, std::string_view detail) {
  std::string body = R"({"type":"about:blank","title":)";
  http::AppendJsonString(http::ReasonPhrase(status), body);
  body.append(R"(,"status":)").append(std::to_string(status)).append(R"(,"detail":)");
  http::AppendJsonString(detail, body);
  body.append("}\n");
  return Response(std::move(body), kProblemType, status);
}

Response Response::FromStatus(const absl::Status& status) {
  if (status.ok()) return Response(204);
  const absl::string_view message = status.message();
  return Problem(HttpStatusOf(status), {message.data(), message.size()});
}

Response& Response::SetContentType(std::string type) {
  if (!ConsistsOf(http::kValueByte, type)) {
    Refuse("Content-Type", "a value may not contain control bytes");
    return *this;
  }
  content_type_ = {};
  extra().content_type = std::move(type);
  return *this;
}

Response& Response::AddField(std::string name, std::string value) {
  if (http::EqualsIgnoreCase(name, "content-type")) return SetContentType(std::move(value));
  if (name.empty() || !ConsistsOf(http::kTokenByte, name)) {
    Refuse(name, "a name consists of letters, digits and !#$%&'*+-.^_`|~");
  } else if (!ConsistsOf(http::kValueByte, value)) {
    Refuse(name, "a value may not contain control bytes");
  } else if (BelongsToRuntime(name)) {
    Refuse(name, "the runtime sets it itself");
  } else {
    extra().fields.push_back({std::move(name), std::move(value)});
  }
  return *this;
}

std::string_view Response::GetField(std::string_view name) const {
  for (const Field& field : fields()) {
    if (http::EqualsIgnoreCase(field.name, name)) return field.value;
  }
  return {};
}

absl::Status Response::ValidityOfAll() const {
  if (status_ < kStatusMin || status_ > kStatusMax) {
    return absl::InvalidArgumentError("The answer's status is " + std::to_string(status_) +
                                      "; it must be from 200 to 599.");
  }
  return extra_->fields_validity;
}

void Response::Refuse(std::string_view name, std::string_view reason) {
  std::string sentence = "The answer's field ";
  http::AppendJsonString(name, sentence);
  sentence.append(" was refused: ").append(reason).append(".");
  extra().fields_validity.Update(absl::InvalidArgumentError(sentence));
}

Response::Extra& Response::extra() {
  if (extra_ == nullptr) extra_ = std::make_unique<Extra>();
  return *extra_;
}

int HttpStatusOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

}  // namespace troupe
