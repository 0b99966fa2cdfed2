// Fills a message of the schema from YAML. Stateless; any thread.
#pragma once

#include <string_view>

#include "google/protobuf/message.h"
#include "runtime/config/origins.h"
#include "runtime/config/problems.h"
#include "runtime/config/yaml_tree.h"

namespace troupe::config {

// Every part of `root` goes into the field of its name, and its line into `origins`. Unknown and
// repeated names and values that do not fit are added to `problems`, all of them; the rest is read.
// `name` is that of the file.
void ReadMessage(std::string_view name, const YamlNode& root, google::protobuf::Message& message,
                 Origins& origins, Problems& problems);

}  // namespace troupe::config
