// TestApp calls a service without a socket, for the tests of services:
//
//   troupe::TestApp<Hello> app;
//   EXPECT_EQ(app.Get("/hello/ann").body(), "Hello, ann!\n");
//
// A request goes the way it goes in the server: bytes, the real parser, normalized path, the real
// router, handler. So it is refused, not found (404) or not allowed (405) as there; what a handler
// throws, and an invalid response, become 500. Time is virtual: Sleep waits for nothing, it moves
// the clock.
//
// What a test does wrong, such as options that the service refuses, is thrown as
// std::invalid_argument. One thread.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "runtime/async/runner.h"
#include "runtime/http/router.h"
#include "runtime/service.h"

namespace troupe {

using TestFields = std::vector<std::pair<std::string, std::string>>;

// Runs coroutines on a clock that moves only when nothing else can be done.
class TestRunner final : public Runner {
 public:
  absl::Time Now() override { return now_; }
  Waiter* Arm(Context& context, std::coroutine_handle<> frame, absl::Duration after) override;
  void Disarm(Waiter* waiter) override;
  bool Draining() override { return draining_; }

  void SetDraining() { draining_ = true; }
  void Cancel(Context& context);
  // Resumes what is due first, moving the clock there. False when nothing will ever be due.
  bool Step();
  // Resumes all that is due by then.
  void Advance(absl::Duration duration);

 private:
  struct TestWaiter final : Waiter {
    absl::Time due;
    bool resumed = false;
  };
  // The one that is due first and waits still; nullptr when there is none.
  TestWaiter* Next();

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  std::vector<std::unique_ptr<TestWaiter>> waiters_;  // in the order in which they were armed
  bool draining_ = false;
};

// One request on its way. Must not outlive its app.
class TestExchange {
 public:
  TestExchange(const TestExchange&) = delete;
  TestExchange& operator=(const TestExchange&) = delete;

  bool done() const { return answer_.has_value() || context_.task.done(); }
  // What happens when the client goes away or the deadline passes: every await of the handler
  // answers CANCELLED.
  void Cancel() { runner_.Cancel(context_); }
  // Moves the clock as far as it takes. Throws std::logic_error when the handler waits for
  // something that never comes.
  const Response& Wait();

 private:
  friend class TestServer;
  TestExchange(TestRunner& runner, std::string bytes, std::string body);
  // Parses and routes; the handler begins, or the runtime's own answer is there.
  void Begin(const http::Router& router, const Routes& routes);
  void Run(Handler& handler);

  TestRunner& runner_;
  std::string bytes_;
  std::string body_;
  std::string path_storage_;
  RequestData data_;
  Context context_{&data_};
  std::optional<Response> answer_;
};

// What TestApp<S> is for every S.
class TestServer {
 public:
  TestServer(const ServiceEntry& entry, ServiceOptions::Values options);
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  Response Get(std::string_view target, const TestFields& fields = {}) {
    return Send("GET", target, fields);
  }
  Response Post(std::string_view target, std::string body, const TestFields& fields = {}) {
    return Send("POST", target, fields, std::move(body));
  }
  // The whole answer. Host and Content-Length are added when `fields` lacks them.
  Response Send(std::string_view method, std::string_view target, const TestFields& fields = {},
                std::string body = "") {
    return Begin(method, target, fields, std::move(body))->Wait();
  }
  // For tests that look at what happens in between: runs the handler up to where it first waits.
  std::unique_ptr<TestExchange> Begin(std::string_view method, std::string_view target,
                                      const TestFields& fields = {}, std::string body = "");

  absl::Time Now() { return runner_.Now(); }
  void Advance(absl::Duration duration) { runner_.Advance(duration); }
  // From now on Context::Draining() is true.
  void Drain() { runner_.SetDraining(); }

 protected:
  Service& base_service() { return *service_; }

 private:
  TestRunner runner_;
  std::unique_ptr<Service> service_;
  Routes routes_;
  http::Router router_;
};

template <class S>
class TestApp : public TestServer {
 public:
  TestApp(std::initializer_list<ServiceOptions::Values::value_type> options = {})
      : TestServer(Provide<S>("tested"), options) {}

  S& service() { return static_cast<S&>(base_service()); }
};

}  // namespace troupe
