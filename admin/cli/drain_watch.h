// What drain, shutdown and undrain share. One thread.
#pragma once

#include <optional>
#include <string>

#include "admin/cli/tool.h"
#include "runtime/config/values.h"
#include "troupe/admin/v1/server.pb.h"

namespace troupe::admin::cli {

struct DrainOptions {
  void Declare(Command& verb);

  // `request` is a DrainRequest or a ShutdownRequest.
  template <typename Request>
  void Fill(Request& request) const {
    if (delay) *request.mutable_delay() = config::ToProto(*delay);
    if (grace) *request.mutable_timeout() = config::ToProto(*grace);
    request.set_reason(reason);
  }

  std::optional<absl::Duration> delay;
  std::optional<absl::Duration> grace;
  std::string reason;
  bool wait = false;
};

// One line: the step, until when at the latest, what it waits for.
void ShowDrain(const v1::DrainStatus& status, Page& page);

// Prints the drain as it is and at each change until it is over; `begun` is how it was begun.
// kRefused when it was undone meanwhile.
void WatchDrain(Tool& tool, const v1::DrainStatus& begun);

}  // namespace troupe::admin::cli
