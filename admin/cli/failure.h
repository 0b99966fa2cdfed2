// How troupectl ends. What goes wrong is thrown as a Failure, as CLI11 throws its own errors, and
// becomes a sentence and an exit code in one place (run.cc). Values only; any thread.
#pragma once

#include <stdexcept>
#include <string>

namespace troupe::admin::cli {

// Stable: scripts rely on them.
enum class ExitCode {
  kOk = 0,
  kRefused = 1,      // the server said no
  kUsage = 2,        // the command line, or a file that it names, is wrong
  kUnreachable = 3,  // nothing answers at the target
  kStale = 4,        // something changed since it was read
  kTimeout = 5,      // no answer, or the condition did not come, in time
  kNotServing = 6,   // asked whether something serves, it does not
};

// `what()` is a sentence that says what to do.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}

  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace troupe::admin::cli
