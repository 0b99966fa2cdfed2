// Tells the service manager what state the program is in (man 3 sd_notify).
//
// Any thread. Does nothing where the manager does not listen: NOTIFY_SOCKET names its socket.
#pragma once

#include <string_view>

namespace troupe {

// A state such as "READY=1".
void NotifyServiceManager(std::string_view state);

}  // namespace troupe
