#include "runtime/connections_max.h"

#include <sys/resource.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace troupe {
namespace {

constexpr int64_t kConnectionsAuto = 10'000;
constexpr rlim_t kSpareDescriptors = 32;  // logs, epoll, signals and whatever a service opens

rlim_t RaiseDescriptorLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace

absl::StatusOr<int64_t> ConnectionsMax(const config::v1::Config& config) {
  rlim_t descriptors = RaiseDescriptorLimit();
  int64_t asked = config.limits().connections_max();
  if (asked == 0)
    return std::clamp<int64_t>(static_cast<int64_t>(descriptors / 5 * 4), 1, kConnectionsAuto);
  if (static_cast<rlim_t>(asked) + kSpareDescriptors > descriptors) {
    return absl::FailedPreconditionError(absl::StrCat(
        "limits.connections_max is ", asked, ", but this process may open only ", descriptors,
        " descriptors; raise the limit (`ulimit -n`, LimitNOFILE=) to at least ",
        asked + kSpareDescriptors, " or lower limits.connections_max"));
  }
  return asked;
}

}  // namespace troupe
