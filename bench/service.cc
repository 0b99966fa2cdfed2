// trouped with a service whose handlers misbehave when they are asked to: what `bench supervision`
// puts under load. Its configuration says how its pools are supervised.
#include "runtime/service.h"

#include <time.h>

#include <cstdint>
#include <stdexcept>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/actors/worker.h"

namespace troupe::bench {
namespace {

// The variable {ms} of the route.
int64_t MillisecondsIn(const Request& request) {
  const std::string text(request.Param("ms"));
  int64_t milliseconds = 0;
  if (!absl::SimpleAtoi(text, &milliseconds)) throw std::invalid_argument(text + " is no number");
  return milliseconds;
}

int64_t ProcessorTimeOfThread() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

class Trouble final : public Service {
 public:
  void Mount(Routes& routes) override {
    routes.Get("/ok", this, &Trouble::Ok);
    routes.Get("/sleep/{ms}", this, &Trouble::Sleep);
    routes.Get("/block/{ms}", this, &Trouble::Block);
    routes.Get("/burn/{ms}", this, &Trouble::Burn);
    routes.Get("/exit", this, &Trouble::Exit);
  }

 private:
  // Any query is poison to it.
  std::string Ok(const Request& request) {
    if (!request.query().empty()) throw std::runtime_error("poisoned");
    return "ok";
  }

  Task<std::string> Sleep(Context& context) {
    const absl::Duration time = absl::Milliseconds(MillisecondsIn(context.request()));
    if (absl::Status slept = co_await context.Sleep(time); !slept.ok()) co_return slept;
    co_return "ok";
  }

  // Keeps its thread, and lets the processor go.
  std::string Block(const Request& request) {
    absl::SleepFor(absl::Milliseconds(MillisecondsIn(request)));
    return "ok";
  }

  std::string Burn(const Request& request) {
    const int64_t until = ProcessorTimeOfThread() + MillisecondsIn(request) * 1'000'000;
    while (ProcessorTimeOfThread() < until) {
    }
    return "ok";
  }

  // Ends the worker from outside of its turns, with whatever it has begun.
  Task<std::string> Exit(Context& context) {
    static_cast<Worker*>(dynamic_cast<void*>(context.runner()))->SendExit();
    if (absl::Status slept = co_await context.Sleep(absl::Hours(1)); !slept.ok()) co_return slept;
    co_return "survived";
  }
};

}  // namespace
}  // namespace troupe::bench

int main(int argc, char** argv) {
  return troupe::Main(argc, argv, {troupe::Provide<troupe::bench::Trouble>("trouble")});
}
