#include "services/respond.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace troupe {
namespace {

void AddFields(ServiceOptions& options, Response& response) {
  const std::string lines = options.String("fields", "");
  for (absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipWhitespace())) {
    const size_t colon = line.find(':');
    if (colon == absl::string_view::npos) {
      options.Refuse("fields", "lines of the form Name: value");
      return;
    }
    response.AddField(std::string(line.substr(0, colon)),
                      std::string(absl::StripAsciiWhitespace(line.substr(colon + 1))));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Respond>> Respond::Create(ServiceOptions& options) {
  Response response = Response::Text(options.String("body", ""));
  response.SetStatus(static_cast<int>(options.Int("status", 200, 200, 599)));
  if (std::string type = options.String("content_type", ""); !type.empty()) {
    response.SetContentType(std::move(type));
  }
  AddFields(options, response);
  const absl::Duration delay = options.Duration("delay", absl::ZeroDuration());
  if (absl::Status validity = response.validity(); !validity.ok()) return validity;
  return std::unique_ptr<Respond>(new Respond(std::move(response), delay));
}

Respond::Respond(Response response, absl::Duration delay)
    : response_(std::move(response)), delay_(delay) {}

void Respond::Mount(Routes& routes) {
  if (delay_ > absl::ZeroDuration()) {
    routes.Any("/*", this, &Respond::AnswerLater);
  } else {
    routes.Any("/*", this, &Respond::AnswerNow);
  }
}

Task<Response> Respond::AnswerLater(Context& context) {
  if (absl::Status slept = co_await context.Sleep(delay_); !slept.ok()) co_return slept;
  co_return response_;
}

}  // namespace troupe
