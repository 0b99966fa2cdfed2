// The tree of what lives: server, supervisor, pools with their workers, reactors with their
// connections. Any thread.
#pragma once

#include "runtime/control.h"

namespace troupe::admin {

v1::Topology TopologyOf(Control& control);

}  // namespace troupe::admin
