#include "admin/cli/format.h"
#include "admin/cli/pool_update.h"
#include "admin/cli/verbs/verbs.h"
#include "runtime/config/suggest.h"
#include "runtime/config/text.h"
#include "runtime/config/values.h"

namespace troupe::admin::cli {
namespace {

using config::Concat;
using google::protobuf::FieldDescriptor;

// What UpdatePool takes, as pools.proto says.
const std::vector<std::string> kUpdatable = {"workers_min", "workers_max",   "in_flight_max",
                                             "queue_max",   "queue_timeout", "request_timeout"};

[[noreturn]] void Refuse(const std::string& sentence) { throw Failure(ExitCode::kUsage, sentence); }

template <typename Parsed>
Parsed OrRefuse(const absl::StatusOr<Parsed>& parsed, std::string_view field) {
  if (!parsed.ok()) Refuse(Concat(field, ": ", config::MessageOf(parsed.status())));
  return *parsed;
}

void SetField(v1::Pool& pool, const std::string& name, std::string_view value) {
  const FieldDescriptor& field = *v1::Pool::descriptor()->FindFieldByName(name);
  const google::protobuf::Reflection& reflection = *pool.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const absl::Duration duration = OrRefuse(config::ParseDuration(value), name);
    reflection.MutableMessage(&pool, &field)->CopyFrom(config::ToProto(duration));
    return;
  }
  const uint64_t number = OrRefuse(config::ParseNumber(value), name);
  if (number > INT32_MAX) Refuse(Concat(name, ": ", value, " is too large"));
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    reflection.SetInt32(&pool, &field, static_cast<int32_t>(number));
  } else {
    reflection.SetInt64(&pool, &field, static_cast<int64_t>(number));
  }
}

void Assign(v1::UpdatePoolRequest& request, std::string_view assignment) {
  const auto parts = config::SplitOnce(assignment, '=');
  if (!parts) Refuse(Concat(config::Quoted(assignment), " is not FIELD=VALUE, as queue_max=100"));
  const std::string name(parts->first);
  if (std::find(kUpdatable.begin(), kUpdatable.end(), name) == kUpdatable.end()) {
    Refuse(Concat("a pool has no field ", config::Quoted(name),
                  " that can be set: ", config::Suggestion(name, kUpdatable)));
  }
  SetField(*request.mutable_pool(), name, parts->second);
  request.mutable_update_mask()->add_paths(name);
}

}  // namespace

void AddPoolSet(Command group, Tool& tool) {
  struct PoolSetOptions {
    std::string pool;
    std::vector<std::string> assignments;
    PoolUpdateOptions update;
  };
  auto options = std::make_shared<PoolSetOptions>();
  Command verb = group.Verb("set", "Changes bounds of a pool; makes a revision");
  verb.Argument("POOL", options->pool, "As pool ls shows it");
  verb.Arguments("FIELD=VALUE", options->assignments,
                 "workers_min, workers_max, in_flight_max, queue_max, queue_timeout or "
                 "request_timeout");
  options->update.Declare(verb);
  verb.Run([&tool, options] {
    v1::UpdatePoolRequest request;
    request.mutable_pool()->set_name(FullName("pools", options->pool));
    for (const std::string& assignment : options->assignments) Assign(request, assignment);
    UpdatePool(tool, request, options->update);
  });
}

}  // namespace troupe::admin::cli
