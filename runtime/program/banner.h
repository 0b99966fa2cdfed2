// What a server says when it serves: addresses, the limits in effect, and commands to try.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/server.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe {

std::string Banner(std::string_view program, const Server& server,
                   const std::vector<std::string>& admin_addresses,
                   const config::v1::Config& config);

}  // namespace troupe
