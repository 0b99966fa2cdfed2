// Who calls: known by the listener, by a client certificate or by a bearer token. One for each
// listener; any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "admin/access.h"
#include "admin/tokens.h"

namespace grpc {
class CallbackServerContext;
}

namespace troupe::admin {

struct Caller {
  Role role = config::v1::Admin::ROLE_UNSPECIFIED;
  std::string name;  // "socket owner", "certificate deployer", "token ci"
  std::string from;  // the peer's address
};

// Lets so many wrong credentials pass in a second, whoever sends them. Any thread.
class FailureLimit {
 public:
  explicit FailureLimit(uint32_t per_second) : per_second_(per_second) {}

  bool exceeded() const;
  void Count();

 private:
  const uint32_t per_second_;
  std::atomic<uint64_t> second_and_count_{0};
};

class Identity {
 public:
  struct Trust {
    Role anonymous = config::v1::Admin::ROLE_UNSPECIFIED;  // of callers without a credential
    std::string anonymous_name;
    std::map<std::string, Role> certificates;  // by a name in it
    TokenFile* tokens = nullptr;               // null: none; outlives this
  };

  Identity(Trust trust, FailureLimit& failures) : trust_(std::move(trust)), failures_(failures) {}

  // UNAUTHENTICATED: no credential where one is needed, or a wrong one. PERMISSION_DENIED: a
  // certificate that is believed and has no role. RESOURCE_EXHAUSTED: too many wrong ones of late.
  absl::StatusOr<Caller> Identify(const grpc::CallbackServerContext& context) const;

 private:
  absl::StatusOr<Caller> ByToken(std::string_view authorization) const;
  absl::StatusOr<Caller> ByCertificate(const grpc::CallbackServerContext& context) const;

  const Trust trust_;
  FailureLimit& failures_;
};

}  // namespace troupe::admin
