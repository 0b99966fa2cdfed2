#include "runtime/program/banner.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "runtime/config/text.h"
#include "runtime/telemetry/log.h"
#include "runtime/version.h"

namespace troupe {
namespace {

namespace v1 = config::v1;

constexpr size_t kCommands = 3;

std::string Bytes(uint64_t bytes) {
  if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) return absl::StrCat(bytes >> 20, " MiB");
  if (bytes >= 1 << 10 && bytes % (1 << 10) == 0) return absl::StrCat(bytes >> 10, " KiB");
  return absl::StrCat(bytes, " bytes");
}

std::string Seconds(const google::protobuf::Duration& duration) {
  return absl::FormatDuration(absl::Seconds(duration.seconds()) +
                              absl::Nanoseconds(duration.nanos()));
}

bool AnswersGet(const v1::Route& route) {
  const auto& methods = route.methods();
  return methods.empty() || std::find(methods.begin(), methods.end(), "GET") != methods.end();
}

// Paths that can be asked for as they stand.
std::vector<std::string> PathsToTry(const v1::Config& config) {
  std::vector<std::string> paths;
  for (const v1::Route& route : config.routes()) {
    bool literal = route.path().find_first_of("{*") == std::string::npos;
    if (literal && AnswersGet(route) && route.host().empty()) paths.push_back(route.path());
  }
  // The page that explains is well known; the others show more.
  if (paths.size() > kCommands) std::erase(paths, "/");
  if (paths.empty()) paths.push_back("/");
  if (paths.size() > kCommands) paths.resize(kCommands);
  return paths;
}

std::string Command(const std::string& address, const std::string& path) {
  if (address.rfind("unix:", 0) == 0) {
    return absl::StrCat("curl --unix-socket ", address.substr(5), " http://localhost", path);
  }
  return absl::StrCat("curl http://", address, path);
}

}  // namespace

std::string Banner(std::string_view program, const Server& server, const OtherAddresses& others,
                   const v1::Config& config) {
  const v1::Limits& limits = config.limits();
  std::string text = absl::StrCat(std::string(program), " ", kVersion, " serves HTTP on ",
                                  absl::StrJoin(server.addresses(), ", "));
  if (config.log().format() == v1::Log::JSON) {
    if (!others.admin.empty())
      absl::StrAppend(&text, "; admin on ", absl::StrJoin(others.admin, ", "));
    if (!others.health.empty()) absl::StrAppend(&text, "; health on ", others.health);
    return telemetry::InfoLine("server", text, telemetry::LineFormat::kJson);
  }
  absl::StrAppend(&text, "\n");
  if (!others.admin.empty()) {
    absl::StrAppend(&text, "  admin     ", absl::StrJoin(others.admin, ", "), "\n");
  }
  if (!others.health.empty()) absl::StrAppend(&text, "  health    ", others.health, "\n");
  std::vector<std::string> pools;
  for (const v1::Pool& pool : config.pools()) pools.push_back(pool.name());
  absl::StrAppend(&text, "  pools     ", absl::StrJoin(pools, ", "), "\n");
  absl::StrAppend(&text, "  reactors  ", server.reactors(), "\n");
  absl::StrAppend(&text, "  limits    ", config::Count(server.connections_max(), "connection"),
                  ", heads ", Bytes(limits.fields_bytes_max()), ", bodies ",
                  Bytes(limits.body_bytes_max()), "\n");
  absl::StrAppend(&text, "  timeouts  head ", Seconds(config.timeouts().head()), ", keep-alive ",
                  Seconds(config.timeouts().keep_alive()), ", drain ",
                  Seconds(config.drain().timeout()), "\n");
  absl::StrAppend(&text, "try\n");
  for (const std::string& path : PathsToTry(config)) {
    absl::StrAppend(&text, "  ", Command(server.addresses().front(), path), "\n");
  }
  return text;
}

}  // namespace troupe
