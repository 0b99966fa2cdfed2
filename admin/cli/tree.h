// Messages as JSON and YAML for programs: fields by the names of the API, every field that has a
// value or always has one, enums by name, times and durations as text. Unlike protobuf's own JSON,
// numbers of 64 bits are numbers: they can be added up. Stateless; any thread.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace troupe::admin::cli {

// `indented`: for reading; else on one line.
std::string ToJson(const google::protobuf::Message& message, bool indented);

std::string ToYaml(const google::protobuf::Message& message);

}  // namespace troupe::admin::cli
