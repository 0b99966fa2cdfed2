// What of a request's head people may see, in the admin API's words: redacted, valid UTF-8 and of
// bounded size, whatever a client has sent. Stateless; any thread that may read the head.
#pragma once

#include <string>
#include <string_view>

#include "google/protobuf/repeated_field.h"
#include "runtime/http/fields.h"
#include "runtime/telemetry/redact.h"
#include "troupe/admin/v1/requests.pb.h"

namespace troupe {

// The first 1,024 bytes.
std::string ShownText(std::string_view text);

// Adds the first 100 fields.
void ShowFields(const http::Fields& fields, const telemetry::Redaction& redact,
                google::protobuf::RepeatedPtrField<admin::v1::HeaderField>& out);

}  // namespace troupe
