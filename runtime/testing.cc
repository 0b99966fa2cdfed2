#include "runtime/testing.h"

#include <algorithm>
#include <exception>
#include <stdexcept>

#include "runtime/http/head_parser.h"
#include "runtime/http/refusal.h"
#include "runtime/http/target.h"

namespace troupe {
namespace {

Response RefusalAnswer(http::Refusal refusal) {
  return Response::Bytes(http::RefusalBody(refusal), "application/problem+json",
                         http::RefusalStatus(refusal));
}

// In a catch block: the answer to what was thrown.
Response FailureAnswer() {
  try {
    throw;
  } catch (const std::exception& error) {
    return Response::Problem(500, std::string("The handler threw: ") + error.what());
  } catch (...) {
    return Response::Problem(500, "The handler threw something that is no std::exception.");
  }
}

Response Checked(Response response) {
  if (absl::Status validity = response.validity(); !validity.ok()) {
    return Response::Problem(500, std::string(validity.message()));
  }
  return response;
}

bool HasField(const TestFields& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(), [name](const auto& field) {
    return http::EqualsIgnoreCase(field.first, name);
  });
}

std::string HeadBytes(std::string_view method, std::string_view target, TestFields fields,
                      size_t body_size) {
  if (!HasField(fields, "host")) fields.emplace_back("Host", "test");
  if (body_size != 0 && !HasField(fields, "content-length")) {
    fields.emplace_back("Content-Length", std::to_string(body_size));
  }
  std::string bytes(method);
  bytes.append(" ").append(target).append(" HTTP/1.1\r\n");
  for (const auto& [name, value] : fields) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  return bytes.append("\r\n");
}

void ThrowUnlessOk(const absl::Status& status) {
  if (!status.ok()) throw std::invalid_argument(std::string(status.message()));
}

}  // namespace

Waiter* TestRunner::Arm(Context& context, std::coroutine_handle<> frame, absl::Duration after) {
  auto waiter = std::make_unique<TestWaiter>();
  waiter->frame = frame;
  waiter->context = &context;
  waiter->due = now_ + std::max(after, absl::ZeroDuration());
  context.set_waiting(waiter.get());
  return waiters_.emplace_back(std::move(waiter)).get();
}

void TestRunner::Disarm(Waiter* waiter) {
  waiter->context->set_waiting(nullptr);
  std::erase_if(waiters_, [waiter](const auto& armed) { return armed.get() == waiter; });
}

void TestRunner::Cancel(Context& context) {
  context.set_cancelled();
  for (const auto& waiter : waiters_) {
    if (waiter->context != &context) continue;
    waiter->result = absl::CancelledError("The exchange was cancelled.");
    waiter->due = now_;
  }
  Advance(absl::ZeroDuration());
}

bool TestRunner::Step() {
  TestWaiter* next = Next();
  if (next == nullptr || next->due == absl::InfiniteFuture()) return false;
  now_ = std::max(now_, next->due);
  next->resumed = true;
  next->frame.resume();
  return true;
}

void TestRunner::Advance(absl::Duration duration) {
  const absl::Time end = now_ + duration;
  for (TestWaiter* next = Next(); next != nullptr && next->due <= end; next = Next()) Step();
  now_ = end;
}

TestRunner::TestWaiter* TestRunner::Next() {
  TestWaiter* next = nullptr;
  for (const auto& waiter : waiters_) {
    if (!waiter->resumed && (next == nullptr || waiter->due < next->due)) next = waiter.get();
  }
  return next;
}

TestExchange::TestExchange(TestRunner& runner, std::string bytes, std::string body)
    : runner_(runner), bytes_(std::move(bytes)), body_(std::move(body)) {
  context_.Bind(&runner_);
}

const Response& TestExchange::Wait() {
  while (!done()) {
    if (!runner_.Step())
      throw std::logic_error("The handler waits for something that never comes.");
  }
  if (answer_) return *answer_;
  try {
    TakeAnswer(context_);
    answer_ = Checked(std::move(context_.response));
  } catch (...) {
    answer_ = FailureAnswer();
  }
  return *answer_;
}

void TestExchange::Begin(const http::Router& router, const Routes& routes) {
  http::HeadParser parser;
  if (parser.Parse(bytes_, http::HeadLimits(), data_.head) != http::HeadParser::State::kDone) {
    answer_ = RefusalAnswer(parser.refusal());
    return;
  }
  data_.path = http::NormalizePath(data_.head.path, &path_storage_);
  data_.body = body_;
  data_.client = http::IpAddress(http::IpAddress::V4Bytes{127, 0, 0, 1});
  const http::Router::Match match =
      router.Find(data_.head.host, data_.head.method, data_.path, &data_.params);
  switch (match.kind) {
    case http::Router::Kind::kFound:
      Run(*routes.routes()[match.value].handler);
      break;
    case http::Router::Kind::kNotFound:
      answer_ = RefusalAnswer(http::Refusal::kRouteNotFound);
      break;
    case http::Router::Kind::kMethodNotAllowed:
      answer_ = RefusalAnswer(http::Refusal::kMethodNotAllowed);
      answer_->AddField("Allow", http::AllowValue(match.allowed));
      break;
  }
}

void TestExchange::Run(Handler& handler) {
  try {
    context_.task = handler.Call(context_);
  } catch (...) {
    answer_ = FailureAnswer();
    return;
  }
  if (context_.task.valid()) {
    context_.task.Start();
  } else {
    answer_ = Checked(std::move(context_.response));
  }
}

TestServer::TestServer(const ServiceEntry& entry, ServiceOptions::Values values) {
  ServiceOptions options(std::move(values));
  absl::StatusOr<std::unique_ptr<Service>> service = entry.make(options);
  ThrowUnlessOk(service.status());
  service_ = *std::move(service);
  service_->Mount(routes_);
  std::vector<http::RouteSpec> specs;
  for (const Route& route : routes_.routes()) {
    specs.push_back({"", route.methods, route.pattern, static_cast<uint32_t>(specs.size())});
  }
  absl::StatusOr<http::Router> router = http::Router::Build(specs);
  ThrowUnlessOk(router.status());
  router_ = *std::move(router);
  ThrowUnlessOk(service_->Start());
}

TestServer::~TestServer() { service_->Stop(); }

std::unique_ptr<TestExchange> TestServer::Begin(std::string_view method, std::string_view target,
                                                const TestFields& fields, std::string body) {
  std::string bytes = HeadBytes(method, target, fields, body.size());
  std::unique_ptr<TestExchange> exchange(
      new TestExchange(runner_, std::move(bytes), std::move(body)));
  exchange->Begin(router_, routes_);
  return exchange;
}

}  // namespace troupe
