#include "admin/cli/client.h"

#include <grpc/support/log.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "admin/cli/errors.h"
#include "admin/cli/methods.h"
#include "admin/cli/target.h"
#include "runtime/config/text.h"

namespace troupe::admin::cli {
namespace {

using config::Concat;

constexpr std::streamsize kSecretBytesMax = 1 << 20;
constexpr int kAnswerBytesMax = 64 << 20;
constexpr int kReconnectMillis = 100;

std::string ReadSecret(const std::string& path) {
  if (path.empty()) return "";
  std::ifstream file(path, std::ios::binary);
  std::string text(kSecretBytesMax, '\0');
  if (!file || (file.read(text.data(), kSecretBytesMax), file.bad()) || file.gcount() == 0) {
    throw Failure(ExitCode::kUsage, Concat("cannot read ", path, ", or it is empty"));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsFor(const std::string& target,
                                                         const Credentials& files) {
  const bool tls = !files.ca.empty() || !files.cert.empty() || !files.key.empty();
  if (!tls || target.rfind("unix:", 0) == 0) return grpc::InsecureChannelCredentials();
  if (files.cert.empty() != files.key.empty()) {
    throw Failure(ExitCode::kUsage, "--cert and --key belong together: give both");
  }
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadSecret(files.ca);
  options.pem_cert_chain = ReadSecret(files.cert);
  options.pem_private_key = ReadSecret(files.key);
  return grpc::SslCredentials(options);
}

std::shared_ptr<grpc::Channel> Connect(const std::string& target, const Credentials& files) {
  // What gRPC has to say of a connection that fails is in the error of the call.
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // proxies are for the web
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMillis);
  arguments.SetMaxReceiveMessageSize(kAnswerBytesMax);
  return grpc::CreateCustomChannel(target, CredentialsFor(target, files), arguments);
}

// One call on a queue of its own, step by step. On the wire a method with one answer looks like a
// stream of one, so this does for both.
class RunningCall {
 public:
  RunningCall(const std::shared_ptr<grpc::Channel>& channel, const MethodDescriptor& method,
              const std::string& token, std::optional<absl::Duration> timeout)
      : stub_(channel) {
    if (timeout) {
      context_.set_deadline(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(*timeout));
    }
    if (!token.empty()) context_.AddMetadata("authorization", "Bearer " + token);
    call_ = stub_.PrepareCall(&context_, "/" + method.service()->full_name() + "/" + method.name(),
                              &queue_);
  }

  ~RunningCall() {
    queue_.Shutdown();
    void* tag;
    bool ok;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  bool Start(const Message& request) {
    call_->StartCall(this);
    if (!Done()) return false;
    call_->WriteLast(request, grpc::WriteOptions(), this);
    return Done();
  }

  enum class ReadResult { kMessage, kEnd, kQuiet };
  ReadResult Read(Message& response, std::optional<absl::Duration> quiet) {
    call_->Read(&response, this);
    void* tag;
    bool ok;
    const auto until = quiet ? std::chrono::system_clock::now() + absl::ToChronoNanoseconds(*quiet)
                             : std::chrono::system_clock::time_point::max();
    if (queue_.AsyncNext(&tag, &ok, until) == grpc::CompletionQueue::TIMEOUT) {
      context_.TryCancel();
      Done();
      return ReadResult::kQuiet;
    }
    return ok ? ReadResult::kMessage : ReadResult::kEnd;
  }

  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, this);
    Done();
    return status;
  }

  void Cancel() { context_.TryCancel(); }

 private:
  // Waits for the step that was begun; whether it went well.
  bool Done() {
    void* tag;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::TemplatedGenericStub<Message, Message> stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<Message, Message>> call_;
};

}  // namespace

struct Client::Channel {
  CallError ErrorOf(const grpc::Status& status, const MethodDescriptor& method) const {
    CallError error;
    error.code = status.error_code();
    error.message = status.error_message();
    error.details = status.error_details();
    error.method = ShortName(method);
    error.target = target;
    // What the server itself refuses as unavailable has details.
    error.answered =
        status.error_code() != grpc::StatusCode::UNAVAILABLE || !status.error_details().empty();
    return error;
  }

  std::string target;
  std::string token;
  std::shared_ptr<grpc::Channel> channel;
};

Client::Client(const std::string& target, const Credentials& credentials) {
  CheckTarget(target);
  channel_ = std::make_unique<Channel>(
      Channel{target, std::string(config::Strip(ReadSecret(credentials.token_file))),
              Connect(target, credentials)});
}

Client::~Client() = default;

const std::string& Client::target() const { return channel_->target; }

void Client::Call(std::string_view method, const Message& request, Message& response,
                  absl::Duration timeout) {
  Stream(method, request, response, {timeout, std::nullopt}, [] { return true; });
}

void Client::Stream(std::string_view method, const Message& request, Message& response,
                    const StreamLimits& limits, const std::function<bool()>& each) {
  const MethodDescriptor& descriptor = FindMethod(method);
  RunningCall call(channel_->channel, descriptor, channel_->token, limits.timeout);
  bool wanted = call.Start(request);
  bool cut = false;
  while (wanted) {
    const RunningCall::ReadResult result = call.Read(response, limits.quiet);
    if (result == RunningCall::ReadResult::kEnd) break;
    wanted = result == RunningCall::ReadResult::kMessage && each();
    cut = !wanted;
  }
  if (cut) call.Cancel();
  const grpc::Status status = call.Finish();
  if (!status.ok() && !cut) throw ExplainError(channel_->ErrorOf(status, descriptor));
}

}  // namespace troupe::admin::cli
