// The service behind the servers of these tests: one handler for each way in which a handler can
// behave, and a Stage from which a test directs and watches all of its instances.
#pragma once

#include <atomic>

#include "runtime/service.h"

namespace troupe {

// Shared by all workers and the test; outlives the server. Any thread.
struct Stage {
  std::atomic<bool> open{false};  // lets the handlers of /held, /late and /block go on
  std::atomic<int> begun{0};      // handlers, except of /now
  std::atomic<int> inside{0};     // of those, the ones whose frame exists
  std::atomic<int> services{0};   // instances that were started and not stopped
  std::atomic<int> started{0};    // of them all
};

// The entry `test`.
ServiceEntry TestServiceEntry(Stage& stage);

class TestService final : public Service {
 public:
  explicit TestService(Stage& stage) : stage_(stage) {}

  void Mount(Routes& routes) override;
  absl::Status Start() override;
  void Stop() override;

 private:
  class Visit;

  std::string Now() { return "now"; }
  Response Empty() { return Response(204); }
  std::string Throw();
  Response Invalid();
  std::string Big(const Request& request);
  std::string ClientAddress(const Request& request) { return request.client(); }
  std::string Path(const Request& request);
  std::string Echo(const Request& request);
  Task<std::string> Sleep(Context& context);
  std::string Block();
  Task<std::string> Held(Context& context);
  Task<std::string> Late(Context& context);
  Task<std::string> Forever(Context& context);
  Task<std::string> ThrowLater(Context& context);
  Task<std::string> Die(Context& context);

  Stage& stage_;
};

}  // namespace troupe
