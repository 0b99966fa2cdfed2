#include "tests/admin/cli/fake_server.h"

#include <algorithm>
#include <chrono>

#include "admin/cli/methods.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"

namespace troupe::admin::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

std::unique_ptr<Message> New(const Descriptor* type) {
  using google::protobuf::MessageFactory;
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string Serialized(const Descriptor* type, const std::string& text) {
  const std::unique_ptr<Message> message = New(type);
  if (!google::protobuf::TextFormat::ParseFromString(text, message.get())) {
    throw std::invalid_argument("not a " + type->name() + ": " + text);
  }
  return message->SerializeAsString();
}

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return "";
  std::string text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

grpc::ByteBuffer BufferOf(const std::string& text) {
  const grpc::Slice slice(text);
  return {&slice, 1};
}

}  // namespace

// One call: reads the request, writes what is planned, ends as planned. Deletes itself.
class FakeServer::Call : public grpc::ServerGenericBidiReactor {
 public:
  Call(FakeServer& server, std::string method) : server_(server), method_(std::move(method)) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (ok) plan_ = server_.Take(method_, TextOf(request_));
    Continue();
  }
  void OnWriteDone(bool ok) override { Continue(); }
  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    if (!finished_) Finish(grpc::Status::CANCELLED);
    finished_ = true;
  }
  void OnDone() override { delete this; }

 private:
  void Continue() {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    if (written_ < plan_.messages.size()) {
      answer_ = BufferOf(plan_.messages[written_++]);
      StartWrite(&answer_);
    } else if (!plan_.stays_open) {
      finished_ = true;
      Finish(plan_.status);
    }
  }

  FakeServer& server_;
  std::string method_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
  Plan plan_;
  size_t written_ = 0;
  std::mutex mutex_;
  bool finished_ = false;
};

void FakeServer::Listen(const std::string& socket) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + socket, grpc::InsecureServerCredentials());
  builder.RegisterCallbackGenericService(this);
  server_ = builder.BuildAndStart();
}

FakeServer::~FakeServer() {
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

void FakeServer::Set(const std::string& method, std::deque<Plan> plans) {
  const std::lock_guard lock(mutex_);
  methods_[FindMethod(method).full_name()].plans = std::move(plans);
}

void FakeServer::Answer(const std::string& method, const std::string& text) {
  AnswerInTurn(method, {text});
}

void FakeServer::AnswerStream(const std::string& method, const std::vector<std::string>& texts,
                              bool stays_open) {
  Plan plan;
  plan.stays_open = stays_open;
  for (const std::string& text : texts) {
    plan.messages.push_back(Serialized(FindMethod(method).output_type(), text));
  }
  Set(method, {plan});
}

void FakeServer::AnswerInTurn(const std::string& method, const std::vector<std::string>& texts) {
  std::deque<Plan> plans;
  for (const std::string& text : texts) {
    plans.push_back({{Serialized(FindMethod(method).output_type(), text)}, grpc::Status(), false});
  }
  Set(method, std::move(plans));
}

void FakeServer::Refuse(const std::string& method, const grpc::Status& status) {
  Set(method, {{{}, status, false}});
}

void FakeServer::Hang(const std::string& method) { Set(method, {{{}, grpc::Status(), true}}); }

std::string FakeServer::Request(const std::string& method) const {
  const MethodDescriptor& descriptor = FindMethod(method);
  const std::lock_guard lock(mutex_);
  const auto found = methods_.find(descriptor.full_name());
  if (found == methods_.end() || found->second.requests.empty()) return "none";
  const std::unique_ptr<Message> message = New(descriptor.input_type());
  message->ParseFromString(found->second.requests.back());
  return message->ShortDebugString();
}

int FakeServer::calls(const std::string& method) const {
  const std::lock_guard lock(mutex_);
  const auto found = methods_.find(FindMethod(method).full_name());
  return found == methods_.end() ? 0 : static_cast<int>(found->second.requests.size());
}

std::string FakeServer::authorization() const {
  const std::lock_guard lock(mutex_);
  return authorization_;
}

FakeServer::Plan FakeServer::Take(const std::string& method, const std::string& request) {
  const std::lock_guard lock(mutex_);
  Method& planned = methods_[method];
  planned.requests.push_back(request);
  if (planned.plans.empty()) {
    return {{}, {grpc::StatusCode::UNIMPLEMENTED, "the test has no answer for this"}, false};
  }
  Plan plan = planned.plans.front();
  if (planned.plans.size() > 1) planned.plans.pop_front();
  return plan;
}

grpc::ServerGenericBidiReactor* FakeServer::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  std::string method = context->method().substr(1);  // "/troupe.admin.v1.Pools/GetPool"
  std::replace(method.begin(), method.end(), '/', '.');
  const auto& metadata = context->client_metadata();
  const auto found = metadata.find("authorization");
  const std::lock_guard lock(mutex_);
  authorization_ =
      found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
  return new Call(*this, std::move(method));
}

}  // namespace troupe::admin::cli
