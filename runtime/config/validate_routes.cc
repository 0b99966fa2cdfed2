#include "runtime/config/validate_routes.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "runtime/config/path_template.h"
#include "runtime/config/suggest.h"
#include "runtime/config/text.h"
#include "runtime/config/values.h"
#include "runtime/http/method.h"
#include "runtime/http/router.h"

namespace troupe::config {
namespace {

constexpr std::array<uint32_t, 5> kRedirectStatuses = {301, 302, 303, 307, 308};
constexpr std::string_view kAnyMethod = "*";
constexpr uint64_t kErrorPageBytesMax = 1 << 20;

bool IsVisibleText(std::string_view text) {
  return std::none_of(text.begin(), text.end(), absl::ascii_iscntrl);
}

// CONNECT is refused before routes are looked at.
bool IsRoutable(std::string_view name) {
  const std::optional<http::Method> method = http::ParseMethod(name);
  return method && *method != http::Method::kConnect;
}

std::vector<std::string> RoutableMethods() {
  std::vector<std::string> names;
  for (int i = 0; i < http::kMethodCount; ++i) {
    const std::string_view name = http::MethodName(static_cast<http::Method>(i));
    if (IsRoutable(name)) names.emplace_back(name);
  }
  return names;
}

// "/a/{b}" and "/a/{c}" match the same paths.
std::string ShapeOf(std::string_view pattern) {
  std::string shape;
  for (std::string_view segment : Split(pattern, '/')) {
    Append(shape, "/", segment.starts_with("{") ? "{}" : segment);
  }
  return shape;
}

// A location that goes to another host names it whole, so that no request can change it.
absl::Status CheckLocation(std::string_view location) {
  std::string_view rest = location;
  const bool is_absolute = ConsumePrefix(rest, "https://") || ConsumePrefix(rest, "http://");
  const std::string_view host = rest.substr(0, rest.find_first_of("/{"));
  const bool ends_host = rest.size() == host.size() || rest[host.size()] == '/';
  const bool names_host = !host.empty() && ends_host;
  const bool is_path = location.starts_with("/") && !location.starts_with("//");
  if ((is_absolute ? names_host : is_path) && IsVisibleText(location) && !Contains(location, " ")) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      Concat(Quoted(location),
             " is not a location; allowed: /PATH, or http://HOST/PATH or https://HOST/PATH "
             "with variables in the path only"));
}

class RouteValidator {
 public:
  RouteValidator(const v1::Config& config, Checker& checker) : checker_(checker) {
    for (const v1::Pool& pool : config.pools()) pool_names_.push_back(pool.name());
  }

  void Validate(const v1::Route& route, const std::string& path) {
    ValidateMethods(route, path);
    ValidateAction(route, path);
    if (!route.has_path()) return;
    const absl::Status pattern = http::Router::CheckPattern(route.path());
    const absl::Status host = CheckHost(route.host());
    checker_.Check(JoinPath(path, "path"), pattern);
    checker_.Check(JoinPath(path, "host"), host);
    if (!pattern.ok() || !host.ok()) return;
    ValidateTemplates(route, path);
    RefuseDuplicates(route, path);
  }

 private:
  static absl::Status CheckHost(const std::string& host) {
    return http::Router::Build({{.host = host, .methods = {}, .pattern = "/"}}).status();
  }

  void ValidateMethods(const v1::Route& route, const std::string& path) {
    for (int i = 0; i < route.methods_size(); ++i) {
      if (IsRoutable(route.methods(i))) continue;
      checker_.Refuse(ElementPath(JoinPath(path, "methods"), i),
                      Concat(Quoted(route.methods(i)), " is not a method to route; ",
                             Suggestion(route.methods(i), RoutableMethods())));
    }
  }

  void ValidateAction(const v1::Route& route, const std::string& path) {
    switch (route.action_case()) {
      case v1::Route::kPool:
        return ValidatePool(route.pool(), JoinPath(path, "pool"));
      case v1::Route::kRedirect:
        if (route.has_rewrite()) {
          checker_.Refuse(JoinPath(path, "rewrite"), "cannot stand beside redirect; remove one");
        }
        return ValidateStatus(route.redirect(), JoinPath(path, "redirect.status"));
      case v1::Route::ACTION_NOT_SET:
        return checker_.Refuse(path, "goes nowhere; set pool or redirect");
    }
  }

  void ValidatePool(const std::string& pool, const std::string& path) {
    if (std::find(pool_names_.begin(), pool_names_.end(), pool) != pool_names_.end()) return;
    checker_.Refuse(path,
                    Concat("there is no pool ", Quoted(pool), "; ", Suggestion(pool, pool_names_)));
  }

  void ValidateStatus(const v1::Redirect& redirect, const std::string& path) {
    if (std::find(kRedirectStatuses.begin(), kRedirectStatuses.end(), redirect.status()) !=
        kRedirectStatuses.end()) {
      return;
    }
    checker_.Refuse(path, Concat(redirect.status(), " does not redirect; allowed: ",
                                 absl::StrJoin(kRedirectStatuses, ", ")));
  }

  void ValidateTemplates(const v1::Route& route, const std::string& path) {
    if (route.has_rewrite()) {
      const std::string rewrite_path = JoinPath(path, "rewrite");
      checker_.Check(rewrite_path, PathTemplate::Parse(route.rewrite(), route.path()).status());
      if (!route.rewrite().starts_with("/") || !IsVisibleText(route.rewrite())) {
        checker_.Refuse(rewrite_path,
                        Concat(Quoted(route.rewrite()), " is not a path; allowed: /PATH"));
      }
    }
    if (route.has_redirect() && route.redirect().has_location()) {
      const std::string location_path = JoinPath(path, "redirect.location");
      const std::string& location = route.redirect().location();
      checker_.Check(location_path, PathTemplate::Parse(location, route.path()).status());
      checker_.Check(location_path, CheckLocation(location));
    }
  }

  void RefuseDuplicates(const v1::Route& route, const std::string& path) {
    std::vector<std::string_view> methods(route.methods().begin(), route.methods().end());
    if (methods.empty()) methods.push_back(kAnyMethod);
    for (std::string_view method : methods) {
      const std::string key =
          Concat(method, " ", absl::AsciiStrToLower(route.host()), " ", ShapeOf(route.path()));
      const auto [first, is_new] = seen_.try_emplace(key, path);
      if (is_new) continue;
      const std::string_view what = method == kAnyMethod ? "any method" : method;
      checker_.Refuse(JoinPath(path, "path"),
                      Concat(first->second, " matches the same for ", what,
                             "; change the host, the path or the methods of one"));
    }
  }

  Checker& checker_;
  std::vector<std::string> pool_names_;
  std::map<std::string, std::string> seen_;
};

absl::Status CheckPageFile(const std::string& file) {
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(file, error);  // an error for what is no file
  if (!error && size <= kErrorPageBytesMax && access(file.c_str(), R_OK) == 0) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      Concat(Quoted(file), " cannot be used", error ? Concat(" (", error.message(), ")") : "",
             "; allowed: a file of at most 1 MiB that this user may read"));
}

}  // namespace

void ValidateRoutes(const v1::Config& config, Checker& checker) {
  RouteValidator validator(config, checker);
  for (int i = 0; i < config.routes_size(); ++i) {
    validator.Validate(config.routes(i), ElementPath("routes", i));
  }
}

void ValidateErrorPages(const v1::Config& config, Checker& checker) {
  std::map<uint32_t, std::string> seen;
  for (int i = 0; i < config.error_pages_size(); ++i) {
    const v1::ErrorPage& page = config.error_pages(i);
    const std::string path = ElementPath("error_pages", i);
    for (int j = 0; j < page.statuses_size(); ++j) {
      const auto [first, is_new] = seen.try_emplace(page.statuses(j), path);
      if (is_new) continue;
      checker.Refuse(ElementPath(JoinPath(path, "statuses"), j),
                     Concat(page.statuses(j), " has a page already, ", first->second));
    }
    if (page.has_file()) checker.Check(JoinPath(path, "file"), CheckPageFile(page.file()));
    if (page.source_case() == v1::ErrorPage::SOURCE_NOT_SET) {
      checker.Refuse(path, "has no page; set file or body");
    }
    if (page.content_type().empty() || !IsVisibleText(page.content_type())) {
      checker.Refuse(JoinPath(path, "content_type"),
                     Concat(Quoted(page.content_type()),
                            " is not a media type; allowed: TYPE/SUBTYPE, as text/plain"));
    }
  }
}

}  // namespace troupe::config
