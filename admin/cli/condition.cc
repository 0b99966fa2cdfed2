#include "admin/cli/condition.h"

#include <algorithm>
#include <functional>

#include "absl/time/clock.h"
#include "admin/cli/format.h"
#include "grpc/health/v1/health.pb.h"
#include "runtime/config/suggest.h"
#include "runtime/config/text.h"
#include "troupe/admin/v1/pools.pb.h"
#include "troupe/admin/v1/server.pb.h"

namespace troupe::admin::cli {
namespace {

using config::Concat;

constexpr absl::Duration kWaitTimeout = absl::Minutes(1);
constexpr absl::Duration kPause = absl::Milliseconds(100);

// Asks the server for a state; waits until it is the one that is wanted.
struct Condition {
  std::function<std::string(Tool&)> state;
  std::string wanted;
};

std::string Health(Tool& tool) {
  using grpc::health::v1::HealthCheckResponse;
  return EnumText(
      tool.Call<HealthCheckResponse>("Health.Check", grpc::health::v1::HealthCheckRequest())
          .status());
}

std::string Phase(Tool& tool) {
  return EnumText(tool.Call<v1::ServerStatus>("Server.GetStatus", v1::GetStatusRequest()).phase());
}

std::string PoolState(Tool& tool, const std::string& pool) {
  v1::GetPoolRequest request;
  request.set_name(pool);
  return EnumText(tool.Call<v1::Pool>("Pools.GetPool", request).state());
}

std::vector<std::string> PoolStates() {
  const auto* states = v1::Pool::State_descriptor();
  std::vector<std::string> names;
  for (int i = 1; i < states->value_count(); ++i) names.push_back(states->value(i)->name());
  return names;
}

Condition Parse(const std::vector<std::string>& words) {
  if (words == std::vector<std::string>{"ready"}) return {Health, "SERVING"};
  if (words == std::vector<std::string>{"drained"}) return {Phase, "DRAINED"};
  std::string_view pool = words.front();
  if (!config::ConsumePrefix(pool, "pool/") || words.size() != 2) {
    throw Failure(ExitCode::kUsage, Concat(config::Quoted(words.front()),
                                           " is no condition; write ready, drained or pool/NAME "
                                           "STATE"));
  }
  const std::vector<std::string> states = PoolStates();
  if (std::find(states.begin(), states.end(), words[1]) == states.end()) {
    throw Failure(ExitCode::kUsage, Concat("a pool is never ", config::Quoted(words[1]), ": ",
                                           config::Suggestion(words[1], states)));
  }
  return {[name = FullName("pools", pool)](Tool& tool) { return PoolState(tool, name); }, words[1]};
}

// The state, or why there is none yet. What the server refuses is thrown.
std::string StateNow(const Condition& condition, Tool& tool) {
  try {
    return condition.state(tool);
  } catch (const Failure& failure) {
    if (failure.code() != ExitCode::kUnreachable && failure.code() != ExitCode::kTimeout) throw;
    tool.Disconnect();
    return failure.what();
  }
}

}  // namespace

void WaitFor(const std::vector<std::string>& words, Tool& tool) {
  const Condition condition = Parse(words);
  const absl::Duration timeout = tool.timeout_given().value_or(kWaitTimeout);
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    const std::string state = StateNow(condition, tool);
    if (state == condition.wanted) return;
    if (absl::Now() + kPause > deadline) {
      throw Failure(ExitCode::kTimeout, Concat("not ", condition.wanted, " within ",
                                               absl::FormatDuration(timeout), ", but: ", state));
    }
    absl::SleepFor(kPause);
  }
}

}  // namespace troupe::admin::cli
