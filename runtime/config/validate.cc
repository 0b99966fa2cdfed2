#include "runtime/config/validate.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <system_error>

#include "absl/strings/ascii.h"
#include "runtime/config/checker.h"
#include "runtime/config/field.h"
#include "runtime/config/listen_address.h"
#include "runtime/config/secrets.h"
#include "runtime/config/suggest.h"
#include "runtime/config/text.h"
#include "runtime/config/validate_routes.h"
#include "runtime/config/values.h"
#include "runtime/http/address.h"

namespace troupe::config {
namespace {

using google::protobuf::Reflection;

void RequireFields(const std::string& path, const Message& message, Checker& checker);

void RequireFieldsOf(const FieldDescriptor& field, const std::string& path, const Message& message,
                     Checker& checker) {
  const Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    if (!reflection.HasField(message, &field)) return;
    return RequireFields(path, reflection.GetMessage(message, &field), checker);
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    RequireFields(ElementPath(path, i), reflection.GetRepeatedMessage(message, &field, i), checker);
  }
}

void RequireFields(const std::string& path, const Message& message, Checker& checker) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string field_path = JoinPath(path, field.name());
    const bool missing = field.is_repeated() ? reflection.FieldSize(message, &field) == 0
                                             : !reflection.HasField(message, &field);
    if (missing && SettingOf(field).required()) {
      const std::string& example = SettingOf(field).example();
      checker.RefuseMissing(field_path,
                            Concat(field.is_repeated() ? "is empty; at least one is needed"
                                                       : "is missing; it must be set",
                                   example.empty() ? "" : ", as ", example));
    }
    if (IsGroup(field)) RequireFieldsOf(field, field_path, message, checker);
  }
}

struct Amount {
  std::string_view path;
  uint64_t value;
  std::string text;
};

Amount Size(std::string_view path, uint64_t bytes) { return {path, bytes, FormatBytes(bytes)}; }

// The problem is reported where an operator has set one of the two.
void AtMost(const Amount& lesser, const Amount& greater, Checker& checker) {
  if (lesser.value <= greater.value) return;
  checker.Refuse(checker.origins().Has(lesser.path) ? lesser.path : greater.path,
                 Concat(lesser.path, " (", lesser.text, ") must not be more than ", greater.path,
                        " (", greater.text, ")"));
}

void ValidateLimits(const v1::Limits& limits, Checker& checker) {
  const Amount field = Size("limits.field_bytes_max", limits.field_bytes_max());
  AtMost(Size("limits.field_name_bytes_max", limits.field_name_bytes_max()), field, checker);
  const Amount fields = Size("limits.fields_bytes_max", limits.fields_bytes_max());
  AtMost(field, fields, checker);
  AtMost(Size("limits.chunk_extension_bytes_max", limits.chunk_extension_bytes_max()),
         Size("limits.chunk_extensions_bytes_max", limits.chunk_extensions_bytes_max()), checker);
  const uint64_t head_bytes = uint64_t{limits.request_line_bytes_max()} + limits.fields_bytes_max();
  if (head_bytes > limits.input_buffer_bytes_max()) {
    checker.Refuse("limits.input_buffer_bytes_max",
                   Concat(FormatBytes(limits.input_buffer_bytes_max()),
                          " cannot hold a whole head; allowed: at least "
                          "request_line_bytes_max and fields_bytes_max together (",
                          FormatBytes(head_bytes), ")"));
  }
}

Amount Percent(std::string_view path, uint32_t percent) {
  return {path, percent, Concat(percent, " percent")};
}

void ValidateMemory(const v1::Memory& memory, Checker& checker) {
  const Amount shed_low = Percent("memory.shed_low_percent", memory.shed_low_percent());
  AtMost(Percent("memory.no_keep_alive_percent", memory.no_keep_alive_percent()), shed_low,
         checker);
  AtMost(shed_low, Percent("memory.pause_accept_percent", memory.pause_accept_percent()), checker);
}

bool IsFileMode(std::string_view text) {
  return text.size() >= 3 && text.size() <= 4 && (text.size() == 3 || text.front() == '0') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '7'; });
}

// What a listener is bound to; empty when several may have it: port 0 is another for each.
std::string BoundTo(const ListenAddress& address) {
  if (address.is_unix) return address.path;
  return address.port == 0 ? "" : Concat(address.ip.ToString(), " ", address.port);
}

void ValidateListener(const v1::Listener& listener, const std::string& path, bool any_proxy_trusted,
                      std::map<std::string, std::string>& seen, Checker& checker) {
  if (!IsFileMode(listener.unix_mode())) {
    checker.Refuse(JoinPath(path, "unix_mode"),
                   Concat(Quoted(listener.unix_mode()),
                          " is not a file mode; allowed: three octal digits, as 0660"));
  }
  if (!listener.has_address()) return;
  const absl::StatusOr<ListenAddress> address = ParseListenAddress(listener.address());
  if (!address.ok()) return checker.Check(JoinPath(path, "address"), address.status());
  if (!address->is_unix && !any_proxy_trusted &&
      listener.proxy_protocol() == v1::Listener::REQUIRED) {
    checker.Refuse(JoinPath(path, "proxy_protocol"),
                   "REQUIRED, but trusted_proxies is empty, so no PROXY header would be believed; "
                   "set trusted_proxies to the addresses of the proxies");
  }
  const std::string bound_to = BoundTo(*address);
  const auto [first, is_new] = seen.try_emplace(bound_to, path);
  if (!is_new && !bound_to.empty()) {
    checker.Refuse(JoinPath(path, "address"), Concat("is that of ", first->second, " too"));
  }
}

// `seen`: which listener is bound to what.
void ValidateHealth(const v1::Health& health, const std::map<std::string, std::string>& seen,
                    Checker& checker) {
  if (health.address() == kOff) return;
  const absl::StatusOr<ListenAddress> address = ParseListenAddress(health.address());
  if (!address.ok()) {
    return checker.Refuse("health.address", Concat(MessageOf(address.status()), "; or off"));
  }
  const auto same = seen.find(BoundTo(*address));
  if (same != seen.end() && !same->first.empty()) {
    checker.Refuse("health.address", Concat("is that of ", same->second, " too"));
  }
}

void ValidateListeners(const v1::Config& config, Checker& checker) {
  std::map<std::string, std::string> seen;
  const bool any_proxy_trusted = !config.trusted_proxies().empty();
  for (int i = 0; i < config.http_size(); ++i) {
    ValidateListener(config.http(i), ElementPath("http", i), any_proxy_trusted, seen, checker);
  }
  ValidateHealth(config.health(), seen, checker);
  for (int i = 0; i < config.trusted_proxies_size(); ++i) {
    checker.Check(ElementPath("trusted_proxies", i),
                  http::Cidr::Parse(config.trusted_proxies(i)).status());
  }
}

bool IsPoolName(std::string_view name) {
  constexpr size_t kNameSizeMax = 63;
  return !name.empty() && name.size() <= kNameSizeMax && absl::ascii_islower(name.front()) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

void ValidateOptions(const v1::Pool& pool, const std::string& path, const Checks& checks,
                     Checker& checker) {
  for (const auto& [option, value] : pool.options()) {
    if (value != kRedacted) continue;
    checker.Refuse(JoinPath(path, option),
                   Concat(kRedacted,
                          " only stands for the value; allowed: the value, {file: PATH} or "
                          "{env: NAME}"));
    return;
  }
  if (!checks.check_options) return;
  const absl::StatusOr<v1::Pool> whole = WithSecrets(pool);
  checker.Check(path, whole.ok() ? checks.check_options(*whole) : whole.status());
}

void ValidateService(const v1::Pool& pool, const std::string& path, const Checks& checks,
                     Checker& checker) {
  if (!pool.has_service()) return;
  if (std::find(checks.services.begin(), checks.services.end(), pool.service()) ==
      checks.services.end()) {
    checker.Refuse(JoinPath(path, "service"),
                   Concat("there is no service ", Quoted(pool.service()), "; ",
                          Suggestion(pool.service(), checks.services)));
  } else {
    ValidateOptions(pool, JoinPath(path, "options"), checks, checker);
  }
}

void ValidateRestart(const v1::Restart& restart, const std::string& path, Checker& checker) {
  const absl::Duration min = ToDuration(restart.backoff_min());
  const absl::Duration max = ToDuration(restart.backoff_max());
  if (min <= max) return;
  const std::string min_path = JoinPath(path, "backoff_min");
  const std::string max_path = JoinPath(path, "backoff_max");
  checker.Refuse(checker.origins().Has(min_path) ? min_path : max_path,
                 Concat("backoff_min (", DurationText(min), ") must not be more than backoff_max (",
                        DurationText(max), ")"));
}

void ValidatePools(const v1::Config& config, const Checks& checks, Checker& checker) {
  std::map<std::string_view, int> seen;
  for (int i = 0; i < config.pools_size(); ++i) {
    const v1::Pool& pool = config.pools(i);
    const std::string path = ElementPath("pools", i);
    ValidateService(pool, path, checks, checker);
    ValidateRestart(pool.restart(), JoinPath(path, "restart"), checker);
    if (!pool.has_name()) continue;
    const std::string name_path = JoinPath(path, "name");
    if (!IsPoolName(pool.name())) {
      checker.Refuse(name_path, Concat(Quoted(pool.name()),
                                       " is not a name; allowed: 1 to 63 lower-case letters, "
                                       "digits and '-', a letter first"));
    }
    const auto [first, is_new] = seen.try_emplace(pool.name(), i);
    if (!is_new) {
      checker.Refuse(name_path, Concat("is that of ", ElementPath("pools", first->second),
                                       " too; each pool needs its own"));
    }
  }
}

// Whether this user may append to the file, or make it where it is not there yet.
bool CanAppendTo(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    return !std::filesystem::is_directory(file, error) && access(file.c_str(), W_OK) == 0;
  }
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  return file.has_filename() && access(folder.c_str(), W_OK | X_OK) == 0;
}

void ValidateAccessLog(const v1::AccessLog& log, Checker& checker) {
  if (log.format() == v1::AccessLog::OFF || log.file() == "-" || CanAppendTo(log.file())) return;
  checker.Refuse(
      "access_log.file",
      Concat(Quoted(log.file()),
             " cannot be written; allowed: \"-\" for stdout, or a file that this user may "
             "write or make"));
}

}  // namespace

void Validate(const v1::Config& config, const Checks& checks, const Origins& origins,
              Problems& problems) {
  Checker checker(origins, problems);
  RequireFields("", config, checker);
  ValidateListeners(config, checker);
  ValidateLimits(config.limits(), checker);
  ValidateMemory(config.memory(), checker);
  ValidatePools(config, checks, checker);
  ValidateRoutes(config, checker);
  ValidateErrorPages(config, checker);
  ValidateAccessLog(config.access_log(), checker);
}

}  // namespace troupe::config
