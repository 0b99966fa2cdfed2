// A request as the audit log shows it. Stateless; any thread.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace troupe::admin {

// On one line, without the secrets that a configuration may hold: of a whole one only its size is
// said, for what it changed is noted with the result.
std::string AuditText(const google::protobuf::Message& request);

}  // namespace troupe::admin
