// Requests as people read them. Stateless; any thread.
#pragma once

#include "admin/cli/page.h"
#include "google/protobuf/repeated_field.h"
#include "troupe/admin/v1/requests.pb.h"

namespace troupe::admin::cli {

// "read 1.20ms, queue 0s, service 3.00s, write -".
std::string PhasesText(const v1::PhaseTimes& times);

// "GET /a?b=[redacted]"; what is known of it while it is being read.
std::string RequestLine(const std::string& method, const std::string& target);

void ShowFields(const google::protobuf::RepeatedPtrField<v1::HeaderField>& fields, Page& page);

void ShowRequest(const v1::Request& request, Page& page);

}  // namespace troupe::admin::cli
