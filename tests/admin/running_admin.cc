#include "tests/admin/running_admin.h"

#include <sys/stat.h>

#include <fstream>
#include <stdexcept>

namespace troupe::admin {
namespace {

std::string Yaml(const std::string& socket, const RunningAdmin::Options& options) {
  return "http: [{address: '127.0.0.1:0'}]\n"
         "reactors: {count: 2}\n"
         "drain: {read: 10ms, timeout: 10s}\n"
         "pools: [{name: test, service: test, " +
         options.pool_yaml +
         "}]\n"
         "routes: [{path: '/*', pool: test}]\n"
         "admin: {socket: '" +
         socket + "', address: '127.0.0.1:0', redact: [X-Session], " + options.admin_yaml + "}\n";
}

}  // namespace

RunningAdmin::RunningAdmin(Options options) {
  std::promise<std::string> started;
  std::future<std::string> error = started.get_future();
  const std::string yaml = Yaml(folder_.File("admin.sock"), options);
  thread_ = std::thread(
      [this, yaml, &options, &started] { Serve(yaml, options.environment, std::move(started)); });
  if (std::string text = error.get(); !text.empty()) {
    thread_.join();
    throw std::runtime_error(text);
  }
}

void RunningAdmin::Serve(const std::string& yaml, const Environment& environment,
                         std::promise<std::string> started) {
  auto opened =
      LiveConfig::Open({{File("test.yaml", yaml), {}, environment, {}}, yaml, {{"test"}, nullptr}});
  if (!opened.ok()) return started.set_value(std::string(opened.status().message()));
  live_ = *std::move(opened);
  const config::Loaded loaded = live_->loaded();
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Start(loaded.config, {TestServiceEntry(stage_)});
  if (!server.ok()) return started.set_value(std::string(server.status().message()));
  server_ = *std::move(server);
  absl::StatusOr<std::unique_ptr<AdminServer>> admin =
      AdminServer::Start({loaded.config.admin(), false}, server_->control(), *live_);
  if (admin.ok()) {
    admin_ = *std::move(admin);
    live_->Start(
        [this](const auto& config, int64_t revision) {
          return server_->control().PrepareConfig(config, revision);
        },
        {[this] { admin_->Reload(); }, [this] { admin_->Revert(); }});
    server_->control().SetReload([this] { live_->RequestReload(); });
    started.set_value("");
    server_->Run();
    done_.get_future().wait();
    live_->Stop();
  } else {
    started.set_value(std::string(admin.status().message()));
  }
  admin_.reset();
  server_.reset();
  live_.reset();
}

RunningAdmin::~RunningAdmin() {
  stage_.open = true;
  server_->BeginDrain();
  done_.set_value();
  thread_.join();
}

std::string RunningAdmin::File(const std::string& name, const std::string& text, int mode) const {
  const std::string path = folder_.File(name);
  std::ofstream(path) << text;
  chmod(path.c_str(), static_cast<mode_t>(mode));
  return path;
}

void RunningAdmin::AppendToConfig(const std::string& yaml) const {
  std::ofstream(folder_.File("test.yaml"), std::ios::app) << yaml;
}

std::shared_ptr<grpc::Channel> RunningAdmin::channel() const { return ChannelTo(socket()); }

std::shared_ptr<grpc::Channel> RunningAdmin::ChannelTo(const std::string& target) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace troupe::admin
