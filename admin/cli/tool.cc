#include "admin/cli/tool.h"

#include "absl/time/clock.h"
#include "admin/cli/target.h"

namespace troupe::admin::cli {
namespace {

constexpr absl::Duration kAnswerTimeout = absl::Seconds(10);

}  // namespace

void Tool::Declare(Command root) {
  root.Option("--target", "ADDR", target_,
              "unix:PATH or HOST:PORT. Without: $TROUPE_TARGET, else the first socket that answers "
              "of $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR/troupe and /run/troupe, else "
              "127.0.0.1:9901");
  root.Option("--token-file", "FILE", credentials_.token_file, "Send the token in FILE");
  root.Option("--ca", "FILE", credentials_.ca,
              "Speak TLS and trust the certificates in FILE (PEM)");
  root.Option("--cert", "FILE", credentials_.cert, "Speak TLS and show this certificate (PEM)");
  root.Option("--key", "FILE", credentials_.key, "The key of --cert (PEM)");
  root.Choice("-o,--output", {"table", "json", "yaml"}, output_.format(),
              "How data is printed: table (for people), json or yaml");
  root.Option("--timeout", timeout_,
              "How long an answer may take (10s); of wait: how long to wait (1m)");
}

Client& Tool::client() {
  if (client_ == nullptr) {
    client_ = std::make_unique<Client>(target_.empty() ? FindTarget() : target_, credentials_);
  }
  return *client_;
}

absl::Duration Tool::timeout() const { return timeout_.value_or(kAnswerTimeout); }

void Tool::Repeat(const std::optional<absl::Duration>& interval,
                  const std::function<void()>& show) {
  while (true) {
    if (interval) output_.Redraw();
    show();
    if (!interval) return;
    absl::SleepFor(*interval);
  }
}

}  // namespace troupe::admin::cli
