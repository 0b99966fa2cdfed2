#include "services/echo.h"

#include <string>
#include <string_view>
#include <utility>

namespace troupe {
namespace {

// Nothing that came from a client may be taken for HTML or script by a browser.
Response Inert(Response response) {
  response.AddField("X-Content-Type-Options", "nosniff");
  return response;
}

std::string_view InertType(std::string_view type) {
  const std::string_view media_type = type.substr(0, type.find_first_of("; \t"));
  for (std::string_view inert : {"application/json", "text/plain"}) {
    if (http::EqualsIgnoreCase(media_type, inert)) return type;
  }
  return "application/octet-stream";
}

}  // namespace

Echo::Echo(ServiceOptions& options)
    : body_only_(options.OneOf("mode", "request", {"request", "body"}) == "body") {}

void Echo::Mount(Routes& routes) {
  routes.Any("/*", this, body_only_ ? &Echo::ReturnBody : &Echo::ShowRequest);
}

Response Echo::ShowRequest(const Request& request) {
  std::string text(request.method_name());
  text.append(" ").append(request.target()).append(" HTTP/1.");
  text.append(std::to_string(request.version_minor())).append("\n");
  for (const http::Fields::Entry field : request.fields()) {
    text.append(field.name).append(": ").append(field.value).append("\n");
  }
  if (request.QueryParam("body").has_value()) text.append("\n").append(request.body());
  return Inert(Response::Text(std::move(text)));
}

Response Echo::ReturnBody(const Request& request) {
  return Inert(Response::Bytes(std::string(request.body()),
                               std::string(InertType(request.Field("Content-Type")))));
}

}  // namespace troupe
