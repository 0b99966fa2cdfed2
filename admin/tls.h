// TLS of the admin address: certificate, key and authorities, read from files that are looked at
// again and again, so that new ones are used for new connections without a restart. Stateless; any
// thread.
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/status/status.h"
#include "troupe/config/v1/admin.pb.h"

namespace troupe::admin {

bool HasTls(const config::v1::AdminTls& tls);

// Whether the files can be used as they are now. FAILED_PRECONDITION is a sentence that names the
// one that cannot. OK without TLS.
absl::Status CheckTlsFiles(const config::v1::AdminTls& tls);

// What follows the files; without TLS, no credentials. Files that cannot be used any more lock out
// who connects until they can.
std::shared_ptr<grpc::ServerCredentials> Credentials(const config::v1::AdminTls& tls);

}  // namespace troupe::admin
