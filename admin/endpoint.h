// One listener of the admin plane: a gRPC server on one address, with its own trust.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "admin/gate.h"
#include "admin/identity.h"
#include "admin/services.h"

namespace troupe::admin {

struct EndpointOptions {
  std::string address;  // "unix:PATH" or HOST:PORT
  Identity::Trust trust;
  std::shared_ptr<grpc::ServerCredentials> credentials;
  bool reflection = false;
  bool channelz = false;
  int message_bytes_max = 0;
  int metadata_bytes_max = 0;
};

// What all endpoints share; outlives them.
struct EndpointParts {
  Control& control;
  AuditLog& audit;
  Threads& threads;
  Sampler& sampler;
  FailureLimit& failures;
  LiveConfig& config;
};

class Endpoint {
 public:
  // Serves at once. FAILED_PRECONDITION when the address cannot be had.
  static absl::StatusOr<std::unique_ptr<Endpoint>> Open(EndpointOptions options,
                                                        const EndpointParts& parts);
  // Ends calls that do not end within a moment.
  ~Endpoint();

  // With the port that was chosen.
  const std::string& address() const { return address_; }

 private:
  Endpoint(EndpointOptions options, const EndpointParts& parts);

  std::string address_;
  const Identity identity_;
  Gate gate_;
  std::vector<MadeService> services_;
  std::unique_ptr<grpc::Server> server_;
};

// For the whole process, before the first endpoint: what gRPC logs by itself goes to the server
// log.
void PrepareGrpc();

}  // namespace troupe::admin
