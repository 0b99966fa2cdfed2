// What a server says when it serves: addresses, the limits in effect, and commands to try. Where
// the log is JSON, one line like the log's with the addresses, for what collects it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/server.h"
#include "troupe/config/v1/config.pb.h"

namespace troupe {

// Where else it listens; empty where it does not.
struct OtherAddresses {
  std::vector<std::string> admin;
  std::string health;
};

std::string Banner(std::string_view program, const Server& server, const OtherAddresses& others,
                   const config::v1::Config& config);

}  // namespace troupe
