// A gRPC service as a list of methods, each with the function that answers it. Every method goes
// through the gate, so none can be without a rule, and runs on the admin threads.
//
// It does what a generated CallbackService does, without a class and a virtual function for each
// method. Built before the server starts; the functions are called on any of the admin threads.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/service_type.h>

#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "admin/gate.h"
#include "admin/rpc_status.h"
#include "admin/threads.h"
#include "admin/ticking_stream.h"

namespace troupe::admin {

class RpcService final : public grpc::Service {
 public:
  // `name` is the full name of the service. All outlive this.
  RpcService(std::string name, Gate& gate, Threads& threads)
      : name_(std::move(name)), gate_(gate), threads_(threads) {}

  template <class Request, class Response>
  void Unary(const std::string& method,
             std::function<absl::StatusOr<Response>(const Caller&, const Request&)> work) {
    Changing<Request, Response>(
        method, [work = std::move(work)](const Caller& caller, const Request& request, Changes&) {
          return work(caller, request);
        });
  }

  // The same, with what the audit log is to say of values that are other ones afterwards.
  template <class Request, class Response>
  void Changing(
      const std::string& method,
      std::function<absl::StatusOr<Response>(const Caller&, const Request&, Changes&)> work) {
    const char* path = PathOf(method);
    auto handle = [this, path, work = std::move(work)](grpc::CallbackServerContext* context,
                                                       const Request* request, Response* response) {
      grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
      const bool runs = threads_.TryRun([this, path, &work, context, request, response, reactor] {
        reactor->Finish(ToRpcStatus(gate_.Pass(
            *context, path, *request, *response, [&](const Caller& caller, Changes& changes) {
              absl::StatusOr<Response> result = work(caller, *request, changes);
              if (!result.ok()) return result.status();
              *response = *std::move(result);
              return absl::OkStatus();
            })));
      });
      if (!runs) reactor->Finish(ToRpcStatus(Busy()));
      return reactor;
    };
    Add(path, grpc::internal::RpcMethod::NORMAL_RPC,
        new grpc::internal::CallbackUnaryHandler<Request, Response>(std::move(handle)));
  }

  // How a stream goes: how often it looks, and what at.
  template <class T>
  struct Ticks {
    absl::Duration interval;
    typename TickingStream<T>::LookAt look;
  };

  // `begin` is called once for each call.
  template <class Request, class T>
  void Stream(const std::string& method,
              std::function<absl::StatusOr<Ticks<T>>(const Request&)> begin) {
    const char* path = PathOf(method);
    auto handle = [this, path, begin = std::move(begin)](
                      grpc::CallbackServerContext* context,
                      const Request* request) -> grpc::ServerWriteReactor<T>* {
      absl::StatusOr<Caller> caller = gate_.Admit(*context, path);
      if (!caller.ok()) return new RefusedStream<T>(caller.status());
      absl::StatusOr<Ticks<T>> ticks = begin(*request);
      if (!ticks.ok()) return new RefusedStream<T>(ticks.status());
      return new TickingStream<T>(threads_, ticks->interval, std::move(ticks->look));
    };
    Add(path, grpc::internal::RpcMethod::SERVER_STREAMING,
        new grpc::internal::CallbackServerStreamingHandler<Request, T>(std::move(handle)));
  }

 private:
  const char* PathOf(const std::string& method) {
    return paths_.emplace_back("/" + name_ + "/" + method).c_str();
  }

  void Add(const char* path, grpc::internal::RpcMethod::RpcType type,
           grpc::internal::MethodHandler* handler) {
    AddMethod(new grpc::internal::RpcServiceMethod(path, type, nullptr));
    MarkMethodCallback(methods_++, handler);
  }

  static absl::Status Busy() {
    return absl::ResourceExhaustedError("Too many admin calls wait already; try again.");
  }

  const std::string name_;
  Gate& gate_;
  Threads& threads_;
  std::deque<std::string> paths_;  // gRPC keeps pointers
  int methods_ = 0;
};

}  // namespace troupe::admin
