#include "admin/endpoint.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>

#include <chrono>
#include <mutex>
#include <set>

#include "absl/strings/str_cat.h"
#include "runtime/telemetry/log.h"

namespace troupe::admin {
namespace {

constexpr int kStreamsMax = 256;  // of one connection
constexpr auto kLastLook = std::chrono::milliseconds(300);

// Of the plug-ins that PrepareGrpc adds to every server, leaves those that this one is to have.
class OnlyPlugins final : public grpc::ServerBuilderOption {
 public:
  explicit OnlyPlugins(std::set<std::string> names) : names_(std::move(names)) {}

  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins,
                  [this](const auto& plugin) { return !names_.contains(plugin->name()); });
  }

 private:
  const std::set<std::string> names_;
};

void LogOfGrpc(gpr_log_func_args* line) { telemetry::LogDebug("grpc", line->message); }

}  // namespace

void PrepareGrpc() {
  static std::once_flag once;
  std::call_once(once, [] {
    gpr_set_log_function(&LogOfGrpc);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::channelz::experimental::InitChannelzService();
  });
}

Endpoint::Endpoint(EndpointOptions options, const EndpointParts& parts)
    : address_(std::move(options.address)),
      identity_(std::move(options.trust), parts.failures),
      gate_(identity_, parts.audit) {
  const ServiceParts with{gate_,         parts.threads, parts.control,
                          parts.sampler, parts.config,  parts.audit};
  for (auto make : {MakeServerService, MakePoolsService, MakeRequestsService,
                    MakeConnectionsService, MakeLedgerService, MakeConfigService,
                    MakeCrashesService, MakeStatsService, MakeHealthService}) {
    services_.push_back(make(with));
  }
}

absl::StatusOr<std::unique_ptr<Endpoint>> Endpoint::Open(EndpointOptions options,
                                                         const EndpointParts& parts) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address, options.credentials, &port);
  // A second server must not silently take half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, options.metadata_bytes_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsMax);
  builder.SetMaxReceiveMessageSize(options.message_bytes_max);
  std::set<std::string> plugins;
  if (options.reflection) plugins.insert("proto_server_reflection");
  if (options.channelz) plugins.insert("channelz_service");
  builder.SetOption(std::make_unique<OnlyPlugins>(std::move(plugins)));
  std::unique_ptr<Endpoint> endpoint(new Endpoint(std::move(options), parts));
  for (const MadeService& service : endpoint->services_) builder.RegisterService(service.get());
  endpoint->server_ = builder.BuildAndStart();
  if (endpoint->server_ == nullptr || port == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("the admin address ", endpoint->address_, " cannot be opened"));
  }
  std::string& address = endpoint->address_;
  if (address.rfind("unix:", 0) != 0) {
    address = absl::StrCat(address.substr(0, address.rfind(':') + 1), port);
  }
  return endpoint;
}

Endpoint::~Endpoint() {
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now() + kLastLook);
}

}  // namespace troupe::admin
