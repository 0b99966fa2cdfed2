#include "runtime/config/secrets.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "runtime/config/text.h"

namespace troupe::config {
namespace {

constexpr std::streamsize kSecretBytesMax = 64 << 10;
constexpr std::string_view kKinds[] = {"file", "env"};
constexpr std::string_view kSecretNames[] = {"password",   "passwd",     "passphrase", "secret",
                                             "token",      "credential", "apikey",     "api_key",
                                             "access_key", "private_key"};
constexpr std::string_view kOptions = ".options.";

// "postgres://user:password@host/"
bool HasPassword(std::string_view value) {
  const size_t scheme = value.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view authority =
      value.substr(scheme + 3, value.find('/', scheme + 3) - scheme - 3);
  const size_t user = authority.find('@');
  return user != std::string_view::npos && Contains(authority.substr(0, user), ":");
}

// Kind and target of a reference.
std::optional<std::pair<std::string_view, std::string_view>> ParseReference(
    std::string_view value) {
  if (!ConsumePrefix(value, "{") || !ConsumeSuffix(value, "}")) return std::nullopt;
  const auto parts = SplitOnce(value, ':');
  if (!parts || !IsReferenceKind(Strip(parts->first))) return std::nullopt;
  return std::pair(Strip(parts->first), Strip(parts->second));
}

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kSecretBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.eof() && file.fail()) {
    return absl::InvalidArgumentError(Concat("cannot read ", path, ": ", std::strerror(errno)));
  }
  if (file.gcount() > kSecretBytesMax) {
    return absl::InvalidArgumentError(Concat(path, " is over 64 KiB large; that is no secret"));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  std::string_view line = text;
  if (ConsumeSuffix(line, "\n")) ConsumeSuffix(line, "\r");
  return std::string(line);
}

}  // namespace

bool IsSecret(std::string_view option, std::string_view value) {
  if (value.empty() || ParseReference(value)) return false;
  const std::string name = absl::AsciiStrToLower(std::string(option));
  return HasPassword(value) ||
         std::any_of(std::begin(kSecretNames), std::end(kSecretNames),
                     [&](std::string_view secret) { return Contains(name, secret); });
}

std::string ShownOption(std::string_view option, std::string_view value) {
  return std::string(IsSecret(option, value) ? kRedacted : value);
}

bool RedactSecrets(v1::Config& config) {
  bool any = false;
  for (v1::Pool& pool : *config.mutable_pools()) {
    for (auto& [option, value] : *pool.mutable_options()) {
      if (!IsSecret(option, value)) continue;
      value = std::string(kRedacted);
      any = true;
    }
  }
  return any;
}

std::string RedactAssignment(std::string_view assignment) {
  const auto parts = SplitOnce(assignment, '=');
  if (!parts) return std::string(assignment);
  const size_t options = parts->first.find(kOptions);
  if (options == std::string_view::npos) return std::string(assignment);
  const std::string_view option = parts->first.substr(options + kOptions.size());
  return Concat(parts->first, "=", ShownOption(option, parts->second));
}

void RestoreSecrets(const v1::Config& known, v1::Config& config) {
  for (v1::Pool& pool : *config.mutable_pools()) {
    const auto same =
        std::find_if(known.pools().begin(), known.pools().end(),
                     [&](const v1::Pool& each) { return each.name() == pool.name(); });
    if (same == known.pools().end()) continue;
    for (auto& [option, value] : *pool.mutable_options()) {
      const auto was = same->options().find(option);
      if (value == kRedacted && was != same->options().end()) value = was->second;
    }
  }
}

bool IsReferenceKind(std::string_view kind) {
  return std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds);
}

std::string Reference(std::string_view kind, std::string_view target) {
  return Concat("{", kind, ": ", target, "}");
}

absl::StatusOr<std::string> Resolve(const std::string& value) {
  const auto reference = ParseReference(value);
  if (!reference) return value;
  const std::string target(reference->second);
  if (reference->first == "file") return ReadSecret(target);
  const char* variable = std::getenv(target.c_str());
  if (variable != nullptr) return std::string(variable);
  return absl::InvalidArgumentError(
      Concat("there is no ", target, " in the environment; set it, or name a file"));
}

absl::StatusOr<v1::Pool> WithSecrets(v1::Pool pool) {
  for (auto& [option, value] : *pool.mutable_options()) {
    absl::StatusOr<std::string> resolved = Resolve(value);
    if (!resolved.ok()) {
      return absl::InvalidArgumentError(
          Concat("the option ", Quoted(option), ": ", MessageOf(resolved.status())));
    }
    value = *std::move(resolved);
  }
  return pool;
}

}  // namespace troupe::config
