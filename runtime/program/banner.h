// What a server says when it serves: addresses, the limits in effect, and commands to try.
#pragma once

#include <string>
#include <string_view>

#include "runtime/server.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe {

// `health` is the health listener's address, or "off".
std::string Banner(std::string_view program, const Server& server, std::string_view health,
                   const config::v1::Config& config);

}  // namespace troupe
