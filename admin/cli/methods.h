// The methods of the admin API and of gRPC's health service, by descriptor: one way to find a
// method, for the verbs and for `raw`. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace troupe::admin::cli {

using google::protobuf::MethodDescriptor;

// All of them, by file.
std::vector<const MethodDescriptor*> Methods();

// "Pools.GetPool", for messages and for `name` below.
std::string ShortName(const MethodDescriptor& method);

// `name` is "Pools.GetPool", with "/" in place of the last dot or the whole package before it if
// one likes, or "GetPool" alone. Throws Failure with kUsage and what was probably meant.
const MethodDescriptor& FindMethod(std::string_view name);

}  // namespace troupe::admin::cli
