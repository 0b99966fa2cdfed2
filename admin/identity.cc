#include "admin/identity.h"

#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "runtime/config/text.h"

namespace troupe::admin {
namespace {

constexpr int kCountBits = 32;

uint64_t ThisSecond() { return static_cast<uint64_t>(absl::ToUnixSeconds(absl::Now())); }

absl::Status WrongCredential() {
  return absl::UnauthenticatedError(
      "The credential is wrong: send the metadata \"authorization: Bearer TOKEN\" with a token "
      "that this server knows.");
}

}  // namespace

bool FailureLimit::exceeded() const {
  const uint64_t value = second_and_count_.load(std::memory_order_relaxed);
  return value >> kCountBits == (ThisSecond() & UINT32_MAX) && (value & UINT32_MAX) >= per_second_;
}

void FailureLimit::Count() {
  const uint64_t now = (ThisSecond() & UINT32_MAX) << kCountBits;
  uint64_t value = second_and_count_.load(std::memory_order_relaxed);
  uint64_t next = 0;
  do {
    next = (value >> kCountBits << kCountBits) == now ? value + 1 : now + 1;
  } while (!second_and_count_.compare_exchange_weak(value, next, std::memory_order_relaxed));
}

absl::StatusOr<Caller> Identity::Identify(const grpc::CallbackServerContext& context) const {
  absl::StatusOr<Caller> caller = Caller{trust_.anonymous, trust_.anonymous_name, ""};
  const auto& metadata = context.client_metadata();
  if (auto at = metadata.find("authorization"); at != metadata.end()) {
    caller = ByToken({at->second.data(), at->second.size()});
  } else if (context.auth_context()->IsPeerAuthenticated() && !trust_.certificates.empty()) {
    caller = ByCertificate(context);
  } else if (trust_.anonymous == config::v1::Admin::ROLE_UNSPECIFIED) {
    return absl::UnauthenticatedError(
        "This address wants a credential: a client certificate, or the metadata \"authorization: "
        "Bearer TOKEN\".");
  }
  if (caller.ok()) caller->from = context.peer();
  return caller;
}

absl::StatusOr<Caller> Identity::ByToken(std::string_view authorization) const {
  if (failures_.exceeded()) {
    return absl::ResourceExhaustedError(
        "Too many calls with wrong credentials; try again in a second.");
  }
  std::optional<Token> token;
  if (trust_.tokens != nullptr && config::ConsumePrefix(authorization, "Bearer ")) {
    token = trust_.tokens->Find(authorization);
  }
  if (!token) {
    failures_.Count();
    return WrongCredential();
  }
  return Caller{token->role, absl::StrCat("token ", token->name), ""};
}

absl::StatusOr<Caller> Identity::ByCertificate(const grpc::CallbackServerContext& context) const {
  const auto auth = context.auth_context();
  for (const char* property : {GRPC_X509_CN_PROPERTY_NAME, GRPC_X509_SAN_PROPERTY_NAME}) {
    for (const grpc::string_ref& value : auth->FindPropertyValues(property)) {
      const std::string name(value.data(), value.size());
      if (auto at = trust_.certificates.find(name); at != trust_.certificates.end()) {
        return Caller{at->second, absl::StrCat("certificate ", name), ""};
      }
    }
  }
  return absl::PermissionDeniedError(
      "The certificate is believed, but no role is given to it; name it in admin.tls.clients.");
}

}  // namespace troupe::admin
