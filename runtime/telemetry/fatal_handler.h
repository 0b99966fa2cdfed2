// Leaves a record (fatal_record.h) when SIGSEGV, SIGBUS, SIGABRT, SIGFPE or SIGILL ends the
// process: the signal, the stack, and what every worker had in hand. Then the process ends as it
// would have without: by that signal, with a core dump where the system makes them.
//
// The file is there, has its size and is mapped from the start on, so the handler opens nothing and
// allocates nothing. Part of the record that cannot be had, because what it is read from is broken
// too, is left out; the rest is kept.
//
// One at a time in a process; made and destroyed on one thread, before and after the threads it is
// to record.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace troupe::telemetry {

struct FatalRecord;

class FatalHandler {
 public:
  // UNAVAILABLE when the file cannot be made: with the reason, and what to do.
  static absl::StatusOr<std::unique_ptr<FatalHandler>> Install(const std::string& path,
                                                               std::string_view version);
  ~FatalHandler();
  FatalHandler(const FatalHandler&) = delete;
  FatalHandler& operator=(const FatalHandler&) = delete;

 private:
  explicit FatalHandler(FatalRecord& record);

  FatalRecord& record_;
};

// The revision of the configuration that records speak of. Any thread.
void SetFatalRevision(int64_t revision);

}  // namespace troupe::telemetry
