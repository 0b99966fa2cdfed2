// A server in this process with its admin plane, and clients of it over real sockets.
//
//   RunningAdmin admin({.yaml = "..."});
//   admin.Call(&v1::Ledger::Stub::GetLedger, request, &response)
#pragma once

#include <grpcpp/grpcpp.h>

#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "admin/admin_server.h"
#include "runtime/config/load.h"
#include "runtime/live_config.h"
#include "runtime/server.h"
#include "runtime/service.h"
#include "tests/server/test_service.h"
#include "tests/telemetry/temp_dir.h"

namespace troupe::admin {

class RunningAdmin {
 public:
  using Environment = std::map<std::string, std::string>;
  struct Options {
    Environment environment = {};
    std::string admin_yaml = {};  // more fields of `admin`, in flow style: "tokens_file: '...', "
    std::string pool_yaml = {};   // and of the pool: "queue_max: 5, "
  };

  // Throws std::runtime_error with the sentence of what does not start.
  RunningAdmin() : RunningAdmin(Options()) {}
  explicit RunningAdmin(Options options);
  RunningAdmin(const RunningAdmin&) = delete;
  RunningAdmin& operator=(const RunningAdmin&) = delete;
  ~RunningAdmin();

  Stage& stage() { return stage_; }
  Server& server() { return *server_; }
  AdminServer& admin() { return *admin_; }
  LiveConfig& live() { return *live_; }
  const std::string& http_address() const { return server_->addresses().front(); }
  std::string socket() const { return "unix:" + folder_.File("admin.sock"); }
  std::string address() const { return admin_->addresses().back(); }
  std::string File(const std::string& name, const std::string& text, int mode = 0600) const;

  std::string config_file() const { return folder_.File("test.yaml"); }
  // At the end of the configuration file.
  void AppendToConfig(const std::string& yaml) const;

  // Over the socket, as its owner.
  std::shared_ptr<grpc::Channel> channel() const;
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& target) const;

 private:
  void Serve(const std::string& yaml, const Environment& environment,
             std::promise<std::string> started);

  telemetry::TempDir folder_;
  Stage stage_;
  std::unique_ptr<Server> server_;  // lives on its thread
  std::unique_ptr<LiveConfig> live_;
  std::unique_ptr<AdminServer> admin_;
  std::promise<void> done_;
  std::thread thread_;
};

// One call of the stub `S` with a deadline that only a broken server needs.
template <class S, class Request, class Response>
grpc::Status Call(const std::shared_ptr<grpc::Channel>& channel,
                  grpc::Status (S::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response* response, const std::string& token = "") {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  S stub(channel);
  return (stub.*method)(&context, request, response);
}

}  // namespace troupe::admin
