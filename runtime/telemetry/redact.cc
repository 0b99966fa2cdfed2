#include "runtime/telemetry/redact.h"

#include "absl/strings/ascii.h"

namespace troupe::telemetry {
namespace {

std::string Lower(std::string_view text) {
  return absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
}

}  // namespace

Redaction::Redaction(const std::vector<std::string>& names)
    : names_{"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"} {
  for (const std::string& name : names) names_.insert(Lower(name));
}

std::string Redaction::FieldValue(std::string_view name, std::string_view value) const {
  return std::string(names_.contains(Lower(name)) ? kRedacted : value);
}

std::string Redaction::Target(std::string_view target) const {
  const size_t query = target.find('?');
  std::string text(target.substr(0, query));
  if (query == std::string_view::npos) return text;
  std::string_view rest = target.substr(query);
  // Each turn takes the separator and one parameter; one without "=" may be a token by itself.
  while (!rest.empty()) {
    const std::string_view parameter = rest.substr(1, rest.find('&', 1) - 1);
    text += rest.front();
    if (const size_t equals = parameter.find('='); equals != std::string_view::npos) {
      text += parameter.substr(0, equals + 1);
    }
    if (!parameter.empty()) text += kRedacted;
    rest.remove_prefix(1 + parameter.size());
  }
  return text;
}

}  // namespace troupe::telemetry
