// The service `respond` answers every request with the same response: for maintenance pages, stubs
// and load tests.
//
// Options: status (200 to 599, default 200), body, content_type (default text/plain), fields
// ("Name: value", one a line), delay (default 0: at once).
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/service.h"

namespace troupe {

class Respond : public Service {
 public:
  static absl::StatusOr<std::unique_ptr<Respond>> Create(ServiceOptions& options);

  void Mount(Routes& routes) override;

 private:
  Respond(Response response, absl::Duration delay);

  Response AnswerNow() { return response_; }
  Task<Response> AnswerLater(Context& context);

  Response response_;
  absl::Duration delay_;
};

}  // namespace troupe
