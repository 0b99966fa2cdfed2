// Where trouped's admin API is. Looks at the environment and the file system; any thread.
#pragma once

#include <string>
#include <vector>

namespace troupe::admin::cli {

// "unix:PATH" or "HOST:PORT". Throws Failure with kUsage for anything else.
void CheckTarget(const std::string& target);

// Where trouped may be when nobody says where: $TROUPE_TARGET alone where it is set; else the
// sockets in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR/troupe and /run/troupe, of each folder the one
// with all rights first, and then the port with the fewest.
std::vector<std::string> DefaultTargets();

// The first of them that is a port, or a socket that takes connections.
std::string FindTarget();

}  // namespace troupe::admin::cli
