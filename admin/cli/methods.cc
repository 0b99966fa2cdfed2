#include "admin/cli/methods.h"

#include <algorithm>

#include "admin/cli/failure.h"
#include "grpc/health/v1/health.pb.h"
#include "runtime/config/suggest.h"
#include "runtime/config/text.h"
#include "troupe/admin/v1/config.pb.h"
#include "troupe/admin/v1/connections.pb.h"
#include "troupe/admin/v1/crashes.pb.h"
#include "troupe/admin/v1/ledger.pb.h"
#include "troupe/admin/v1/pools.pb.h"
#include "troupe/admin/v1/requests.pb.h"
#include "troupe/admin/v1/server.pb.h"
#include "troupe/admin/v1/stats.pb.h"

namespace troupe::admin::cli {
namespace {

// Whether `name` is `full_name` or the end of it from a dot on.
bool Names(std::string_view name, std::string_view full_name) {
  if (!config::ConsumeSuffix(full_name, name)) return false;
  return full_name.empty() || full_name.back() == '.';
}

}  // namespace

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const google::protobuf::Descriptor* message :
       {v1::ServerStatus::descriptor(), v1::Pool::descriptor(), v1::Request::descriptor(),
        v1::Connection::descriptor(), v1::Crash::descriptor(), v1::LedgerSnapshot::descriptor(),
        v1::Revision::descriptor(), v1::StatsSnapshot::descriptor(),
        grpc::health::v1::HealthCheckRequest::descriptor()}) {
    const google::protobuf::FileDescriptor* file = message->file();
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        methods.push_back(file->service(i)->method(j));
      }
    }
  }
  return methods;
}

std::string ShortName(const MethodDescriptor& method) {
  return method.service()->name() + "." + method.name();
}

const MethodDescriptor& FindMethod(std::string_view name) {
  std::string dotted(name);
  std::replace(dotted.begin(), dotted.end(), '/', '.');
  std::vector<std::string> known;
  for (const MethodDescriptor* method : Methods()) {
    if (Names(dotted, method->full_name())) return *method;
    known.push_back(ShortName(*method));
    known.push_back(method->name());
  }
  const std::string closest = config::Closest(dotted, known);
  throw Failure(
      ExitCode::kUsage,
      config::Concat("there is no method ", config::Quoted(name),
                     closest.empty() ? "" : config::Concat(": did you mean ", closest, "?"),
                     "; troupectl raw lists them"));
}

}  // namespace troupe::admin::cli
