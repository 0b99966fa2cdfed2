// The connection to trouped. Methods are called by name and descriptor, without generated stubs, so
// that gRPC is compiled in one file. Blocking; one thread. Each function throws Failure.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace troupe::admin::cli {

using google::protobuf::Message;

// Files; empty: not used. Where one of the last three is named, TCP is spoken with TLS.
struct Credentials {
  std::string token_file;
  std::string ca;
  std::string cert;
  std::string key;
};

class Client {
 public:
  // kUsage when a file cannot be read. Connects at the first call.
  Client(const std::string& target, const Credentials& credentials);
  ~Client();

  const std::string& target() const;

  // One answer. `response` is of the method's type.
  void Call(std::string_view method, const Message& request, Message& response,
            absl::Duration timeout);

  struct StreamLimits {
    // For the whole stream.
    std::optional<absl::Duration> timeout;
    // The stream ends well once nothing has come for so long.
    std::optional<absl::Duration> quiet;
  };

  // Puts each answer into `response` and calls `each`, until that returns false or the stream ends.
  void Stream(std::string_view method, const Message& request, Message& response,
              const StreamLimits& limits, const std::function<bool()>& each);

 private:
  struct Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace troupe::admin::cli
