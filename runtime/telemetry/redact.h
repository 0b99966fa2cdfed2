// What of a request people may see: the one place where credentials and personal data are taken out
// before text leaves the server by the admin plane or a crash record. Immutable; any thread.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::telemetry {

inline constexpr std::string_view kRedacted = "[redacted]";

class Redaction {
 public:
  // Authorization, Proxy-Authorization, Cookie, Set-Cookie, X-Api-Key, and `names` besides, all
  // without regard to case.
  explicit Redaction(const std::vector<std::string>& names = {});

  // The value of the header field `name`, or kRedacted.
  std::string FieldValue(std::string_view name, std::string_view value) const;
  // A request's target with all values of its query taken out:
  // "/find?q=[redacted]&page=[redacted]".
  std::string Target(std::string_view target) const;

 private:
  std::set<std::string, std::less<>> names_;  // in lower case
};

}  // namespace troupe::telemetry
