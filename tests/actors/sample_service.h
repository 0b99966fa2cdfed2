// A service that does one of each thing that workers have to cope with, and tells what happened to
// it.
#pragma once

#include <atomic>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "runtime/actors/worker.h"
#include "runtime/service.h"

namespace troupe {

// What a test may know and set; outlives the service's instances.
struct SampleState {
  std::atomic<int> starts_to_fail{0};
  std::atomic<int> starts{0};
  std::atomic<int> stops{0};
  std::atomic<int> stops_to_throw{0};
  std::atomic<int> instances{0};
  std::atomic<int> frames{0};  // of handlers that sleep
  std::atomic<int> blocked{0};
  std::atomic<bool> open{false};  // lets the handlers of kBlock go on
  std::atomic<caf::exit_reason> exit_reason{caf::exit_reason::kill};  // of a worker that kExit ends
  std::atomic<std::thread::id> destroyed_on{};
};

class SampleService final : public Service {
 public:
  // Its routes, in the order of Mount: what Exchange::handler says.
  enum Route : uint32_t {
    kPlain,
    kSleep,
    kThrow,
    kThrowLater,
    kThrowNumber,
    kInvalid,
    kDraining,
    kBlock,
    kExit
  };

  explicit SampleService(SampleState& state) : state_(state) { ++state_.instances; }
  ~SampleService() override {
    state_.destroyed_on = std::this_thread::get_id();
    --state_.instances;
  }
  static ServiceEntry Entry(SampleState& state) {
    return {"sample", "",
            [&state](ServiceOptions&) { return std::make_unique<SampleService>(state); }};
  }

  void Mount(Routes& routes) override {
    routes.Get("/plain", this, &SampleService::Plain);
    routes.Get("/sleep", this, &SampleService::Sleep);
    routes.Get("/throw", this, &SampleService::Throw);
    routes.Get("/throw-later", this, &SampleService::ThrowLater);
    routes.Get("/throw-number", this, &SampleService::ThrowNumber);
    routes.Get("/invalid", this, &SampleService::Invalid);
    routes.Get("/draining", this, &SampleService::Draining);
    routes.Get("/block", this, &SampleService::Block);
    routes.Get("/exit", this, &SampleService::Exit);
  }
  absl::Status Start() override {
    ++state_.starts;
    if (state_.starts_to_fail == 0) return absl::OkStatus();
    --state_.starts_to_fail;
    return absl::UnavailableError("the sample is told not to start");
  }
  void Stop() override {
    ++state_.stops;
    if (state_.stops_to_throw == 0) return;
    --state_.stops_to_throw;
    throw std::runtime_error("the sample is told not to stop well");
  }

 private:
  struct CountFrame {
    explicit CountFrame(std::atomic<int>& count) : count(count) { ++count; }
    ~CountFrame() { --count; }
    std::atomic<int>& count;
  };

  std::string Plain() { return "plain"; }
  Task<std::string> Sleep(Context& context) {
    CountFrame count(state_.frames);
    if (absl::Status slept = co_await context.Sleep(absl::Seconds(1)); !slept.ok()) {
      // From now on nothing sleeps any more.
      absl::Status again = co_await context.Sleep(absl::Seconds(1));
      co_return again.ok() ? "slept after all" : "cancelled";
    }
    co_return "slept";
  }
  std::string Throw() { throw std::runtime_error("thrown at once"); }
  Task<std::string> ThrowLater(Context& context) {
    absl::Status slept = co_await context.Sleep(absl::Seconds(1));
    throw std::runtime_error("thrown later");
  }
  std::string ThrowNumber() { throw 42; }
  Response Invalid() { return Response(200).AddField("Bad Name", "value"); }
  Task<std::string> Draining(Context& context) {
    while (!context.Draining()) {
      absl::Status slept = co_await context.Sleep(absl::Seconds(1));
      if (!slept.ok()) co_return slept;
    }
    co_return "drained";
  }
  // Keeps its thread.
  std::string Block() {
    CountFrame count(state_.blocked);
    while (!state_.open) std::this_thread::yield();
    return "blocked";
  }
  // Its worker is told to exit, as any actor may be.
  Task<std::string> Exit(Context& context) {
    auto* worker = static_cast<Worker*>(dynamic_cast<void*>(context.runner()));
    caf::anon_send_exit(worker->address(), state_.exit_reason);
    absl::Status slept = co_await context.Sleep(absl::Hours(1));
    co_return "survived";
  }

  SampleState& state_;
};

}  // namespace troupe
