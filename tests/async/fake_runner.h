// A Runner that a test drives by hand: what sleeps is listed, and resumed when the test says so.
// One thread.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/async/context.h"
#include "runtime/async/runner.h"

namespace troupe {

class FakeRunner final : public Runner {
 public:
  struct Armed final : Waiter {
    absl::Duration after;
  };

  absl::Time Now() override { return absl::UnixEpoch(); }
  Waiter* Arm(Context& context, std::coroutine_handle<> frame, absl::Duration after) override {
    auto waiter = std::make_unique<Armed>();
    waiter->frame = frame;
    waiter->context = &context;
    waiter->after = after;
    return armed.emplace_back(std::move(waiter)).get();
  }
  void Disarm(Waiter* waiter) override {
    std::erase_if(armed, [waiter](const auto& entry) { return entry.get() == waiter; });
  }
  bool Draining() override { return draining; }

  void Resume(absl::Status result) {
    armed.front()->result = std::move(result);
    armed.front()->frame.resume();
  }

  std::vector<std::unique_ptr<Armed>> armed;
  bool draining = false;
};

// A request's context with a runner, as a worker would have it.
struct FakeExchange {
  FakeExchange() { context.Bind(&runner); }

  FakeRunner runner;
  RequestData data;
  Context context{&data};
};

}  // namespace troupe
