// A server that answers every method of the admin API as a test says, over a Unix socket. Requests
// are kept. Thread-safe.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::admin::cli {

class FakeServer : public grpc::CallbackGenericService {
 public:
  ~FakeServer() override;

  // Serves from now on, on `socket`, the path of a file that is not there yet.
  void Listen(const std::string& socket);

  // What `method`, as "Pools.GetPool", answers from now on: a message in protobuf's text format, or
  // several for a stream, which then stays open when `stays_open`.
  void Answer(const std::string& method, const std::string& text);
  void AnswerStream(const std::string& method, const std::vector<std::string>& texts,
                    bool stays_open = false);
  // The next call gets the first, the one after it the second; the last stays.
  void AnswerInTurn(const std::string& method, const std::vector<std::string>& texts);
  void Refuse(const std::string& method, const grpc::Status& status);
  // Never answers.
  void Hang(const std::string& method);

  // The last request to `method` in the text format on one line; "none" when there was none.
  std::string Request(const std::string& method) const;
  int calls(const std::string& method) const;
  // Of the metadata of the last call.
  std::string authorization() const;

 private:
  struct Plan {
    std::vector<std::string> messages;  // serialized
    grpc::Status status;
    bool stays_open = false;
  };
  struct Method {
    std::deque<Plan> plans;
    std::vector<std::string> requests;  // serialized
  };
  class Call;

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;
  Plan Take(const std::string& method, const std::string& request);
  void Set(const std::string& method, std::deque<Plan> plans);

  mutable std::mutex mutex_;
  std::map<std::string, Method> methods_;  // by full name
  std::string authorization_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace troupe::admin::cli
