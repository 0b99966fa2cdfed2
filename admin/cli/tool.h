// What every verb works with: the options that all share, the connection, the output. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "admin/cli/client.h"
#include "admin/cli/command.h"
#include "admin/cli/failure.h"
#include "admin/cli/output.h"

namespace troupe::admin::cli {

class Tool {
 public:
  explicit Tool(const Output::Streams& streams) : output_(streams) {}

  // Declares the options that stand before or after any verb.
  void Declare(Command root);

  Output& output() { return output_; }

  // Connects at the first use. Like all below it throws Failure.
  Client& client();
  // Looks for the server again, which may have come up meanwhile.
  void Disconnect() { client_.reset(); }

  template <typename Answer>
  Answer Call(std::string_view method, const Message& request) {
    Answer answer;
    client().Call(method, request, answer, timeout());
    return answer;
  }

  // --timeout, or what it is without.
  absl::Duration timeout() const;
  std::optional<absl::Duration> timeout_given() const { return timeout_; }

  // Runs `show` once, or again and again where an interval is given.
  void Repeat(const std::optional<absl::Duration>& interval, const std::function<void()>& show);

 private:
  std::string target_;
  Credentials credentials_;
  std::optional<absl::Duration> timeout_;
  Output output_;
  std::unique_ptr<Client> client_;
};

}  // namespace troupe::admin::cli
