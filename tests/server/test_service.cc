#include "tests/server/test_service.h"

#include <memory>
#include <stdexcept>
#include <string>

#include "absl/time/clock.h"
#include "runtime/actors/worker.h"

namespace troupe {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(1);

size_t NumberIn(const Request& request) { return std::stoul(std::string(request.Param("n"))); }

// Ends the worker whose handler calls this, as soon as the handler waits: what happens to an actor
// that is killed. A handler has no way to do that to its worker, so the test takes it.
void KillWorkerOf(Context& context) {
  auto* worker = static_cast<Worker*>(dynamic_cast<void*>(context.runner()));
  worker->enqueue(
      caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                caf::exit_msg{worker->address(), caf::exit_reason::kill}),
      nullptr);
}

}  // namespace

// Counts a handler for as long as its frame exists.
class TestService::Visit {
 public:
  explicit Visit(Stage& stage) : stage_(stage) {
    ++stage_.begun;
    ++stage_.inside;
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() { --stage_.inside; }

 private:
  Stage& stage_;
};

ServiceEntry TestServiceEntry(Stage& stage) {
  return {"test", "handlers that behave in every way",
          [&stage](ServiceOptions& options) -> absl::StatusOr<std::unique_ptr<Service>> {
            options.String("password", "");
            return std::make_unique<TestService>(stage);
          }};
}

void TestService::Mount(Routes& routes) {
  routes.Get("/now", this, &TestService::Now);
  routes.Get("/empty", this, &TestService::Empty);
  routes.Get("/throw", this, &TestService::Throw);
  routes.Get("/throw-later", this, &TestService::ThrowLater);
  routes.Get("/invalid", this, &TestService::Invalid);
  routes.Get("/big/{n}", this, &TestService::Big);
  routes.Get("/client", this, &TestService::ClientAddress);
  routes.Get("/path/*", this, &TestService::Path);
  routes.Post("/echo", this, &TestService::Echo);
  routes.Get("/sleep/{n}", this, &TestService::Sleep);
  routes.Get("/block", this, &TestService::Block);
  routes.Any("/held", this, &TestService::Held);
  routes.Get("/late", this, &TestService::Late);
  routes.Any("/forever", this, &TestService::Forever);
  routes.Get("/die", this, &TestService::Die);
}

absl::Status TestService::Start() {
  ++stage_.services;
  ++stage_.started;
  return absl::OkStatus();
}

void TestService::Stop() { --stage_.services; }

std::string TestService::Throw() { throw std::runtime_error("thrown by a test"); }

// A field that would split the answer.
Response TestService::Invalid() {
  return Response::Text("").AddField("X-Split", "a\r\nSet-Cookie: b");
}

std::string TestService::Big(const Request& request) {
  const Visit visit(stage_);
  return std::string(NumberIn(request), 'a');
}

std::string TestService::Path(const Request& request) { return std::string(request.path()); }

std::string TestService::Echo(const Request& request) { return std::string(request.body()); }

Task<std::string> TestService::Sleep(Context& context) {
  const Visit visit(stage_);
  const size_t milliseconds = NumberIn(context.request());
  absl::Status slept = co_await context.Sleep(absl::Milliseconds(milliseconds));
  if (!slept.ok()) co_return slept;
  co_return "slept " + std::to_string(milliseconds);
}

// Keeps its thread, as no handler on a reactor may.
std::string TestService::Block() {
  const Visit visit(stage_);
  while (!stage_.open) absl::SleepFor(kLookEvery);
  return "blocked";
}

Task<std::string> TestService::Held(Context& context) {
  const Visit visit(stage_);
  while (!stage_.open) {
    if (absl::Status slept = co_await context.Sleep(kLookEvery); !slept.ok()) co_return slept;
  }
  co_return "held";
}

// Answers when nobody waits any more, as if it had not noticed.
Task<std::string> TestService::Late(Context& context) {
  const Visit visit(stage_);
  while (!stage_.open && !context.cancelled()) {
    absl::Status ignored = co_await context.Sleep(kLookEvery);
  }
  co_return "late";
}

Task<std::string> TestService::Forever(Context& context) {
  const Visit visit(stage_);
  if (absl::Status slept = co_await context.Sleep(absl::Hours(1)); !slept.ok()) co_return slept;
  co_return "for ever is over";
}

Task<std::string> TestService::ThrowLater(Context& context) {
  const Visit visit(stage_);
  absl::Status ignored = co_await context.Sleep(kLookEvery);
  throw std::runtime_error("thrown by a test, later");
}

Task<std::string> TestService::Die(Context& context) {
  const Visit visit(stage_);
  KillWorkerOf(context);
  if (absl::Status slept = co_await context.Sleep(absl::Hours(1)); !slept.ok()) co_return slept;
  co_return "survived";
}

}  // namespace troupe
