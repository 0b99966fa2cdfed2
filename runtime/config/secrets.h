// Secrets in the options of services: which options hold one, how it is kept from those who may
// read the configuration, and how it is found where only a reference to it stands in the file:
//
//   options: {password: {file: /run/secrets/orders}, token: {env: ORDERS_TOKEN}}
//
// An option holds a secret when its name says so ("password", "api_token"), or when its value is an
// address with a password in it. A reference is none: it may be shown. Any thread; Resolve blocks.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe::config {

// What is shown in place of a secret.
inline constexpr std::string_view kRedacted = "[redacted]";

bool IsSecret(std::string_view option, std::string_view value);
// The value, or kRedacted.
std::string ShownOption(std::string_view option, std::string_view value);

// In all pools. True when there was something to redact.
bool RedactSecrets(v1::Config& config);
// "pools.echo.options.password=s3cret" without its value; others as they are.
std::string RedactAssignment(std::string_view assignment);
// A configuration that was shown and comes back: where a redacted value stands, puts that of the
// same option of the same pool of `known`.
void RestoreSecrets(const v1::Config& known, v1::Config& config);

// How a reference is kept: "{file: PATH}", "{env: NAME}". `kind` is "file" or "env".
bool IsReferenceKind(std::string_view kind);
std::string Reference(std::string_view kind, std::string_view target);
// The value itself, or what it refers to: the content of a file without the line end after it.
// INVALID_ARGUMENT with a sentence when there is nothing.
absl::StatusOr<std::string> Resolve(const std::string& value);
// Resolves all options of a pool; the error names the option.
absl::StatusOr<v1::Pool> WithSecrets(v1::Pool pool);

}  // namespace troupe::config
